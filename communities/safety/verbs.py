"""What safety announces."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("safety.hidden", _("{actor} hid {object}"), audience="team"),
    Verb("safety.restored", _("{actor} restored {object}"), audience="team"),
    Verb("safety.suspended", _("{actor} suspended {object}"), audience="team"),
    Verb("safety.reinstated", _("{actor} restored {object} to good standing"), audience="team"),
)
