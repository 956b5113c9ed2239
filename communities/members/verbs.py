"""What members announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("member.joined", _("{actor} joined {object}"), audience="team"),
    Verb("member.returned", _("{actor} came back to {object}"), audience="team"),
    Verb("member.left", _("{actor} left {object}"), audience="team"),
    Verb("member.onboarded", _("{actor} said what they care about"), audience="team"),
    Verb("join.asked", _("{actor} asks to join"), audience="team"),
    Verb("join.queued", _("{actor} waits for a place"), audience="team"),
    Verb("join.approved", _("{actor} let {object} in"), audience="team"),
    Verb("join.declined", _("{actor} turned {object} down"), audience="team"),
    Verb("join.withdrawn", _("{actor} does not want to join any more"), audience="team"),
    Verb("invitation.made", _("{actor} made an invitation"), audience="actor"),
    Verb("invitation.revoked", _("{actor} took an invitation back"), audience="actor"),
    Verb("guidelines.written", _("{actor} wrote new guidelines")),
    Verb("guidelines.accepted", _("{actor} agreed to the guidelines"), audience="actor"),
    Verb("member.rung_changed", _("{actor} moved to another step"), audience="actor"),
    Verb("member.appearance_changed", _("{actor} changed how they appear"), audience="actor"),
    Verb("member.role_changed", _("{actor} changed the role of {object}"), audience="team"),
)
