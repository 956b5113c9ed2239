"""What safety announces."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("safety.hidden", _("{actor} hid {object}"), audience="team"),
    Verb("safety.restored", _("{actor} restored {object}"), audience="team"),
    Verb("safety.suspended", _("{actor} suspended {object}"), audience="team"),
    Verb("safety.reinstated", _("{actor} restored {object} to good standing"), audience="team"),
    Verb("safety.warned", _("{actor} warned {object}"), audience="team"),
    Verb("safety.unwarned", _("{actor} took a warning of {object} back"), audience="team"),
    Verb("safety.muted", _("{actor} muted {object} in rooms"), audience="team"),
    Verb("safety.unmuted", _("{actor} let {object} write in rooms again"), audience="team"),
    Verb("safety.dismissed", _("{actor} found {object} to be fine"), audience="team"),
    Verb("report.filed", _("{actor} reported something"), audience="team"),
    Verb("report.decided", _("The team answered a report"), audience="team"),
    Verb("person.blocked", _("{actor} blocked somebody"), audience="actor"),
    Verb("person.unblocked", _("{actor} took a block back"), audience="actor"),
    Verb("thing.muted", _("{actor} muted something"), audience="actor"),
    Verb("thing.unmuted", _("{actor} hears of something again"), audience="actor"),
)
