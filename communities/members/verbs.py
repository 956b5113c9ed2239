"""What members announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("member.joined", _("{actor} joined {object}"), audience="team"),
    Verb("member.rung_changed", _("{actor} moved to another step"), audience="actor"),
    Verb("member.appearance_changed", _("{actor} changed how they appear"), audience="actor"),
    Verb("member.role_changed", _("{actor} changed the role of {object}"), audience="team"),
)
