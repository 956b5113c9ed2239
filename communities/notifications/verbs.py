"""What notifications announce about themselves."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("notifications.chosen", _("{actor} chose what they want to be told"), audience="actor"),
    Verb("notifications.stopped", _("{actor} wants no more mail"), audience="actor"),
)
