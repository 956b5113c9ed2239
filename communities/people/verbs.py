"""What people announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("person.changed", _("{actor} changed their settings"), audience="actor"),
    Verb("person.face_changed", _("{actor} changed their picture"), audience="actor"),
)
