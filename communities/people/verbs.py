"""What people announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("person.changed", _("{actor} changed their settings"), audience="actor"),
    Verb("person.face_changed", _("{actor} changed their picture"), audience="actor"),
    Verb("data.asked", _("{actor} asked for everything about {object}"), audience="actor"),
    Verb("data.packed", _("Everything about {object} is packed"), audience="actor"),
    Verb("account.closing", _("{actor} wants to leave"), audience="actor"),
    Verb("account.stayed", _("{actor} stays after all"), audience="actor"),
    Verb("account.closed", _("{actor} has left"), audience="actor"),
)
