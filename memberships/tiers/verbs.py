"""What tiers announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("tier.opened", _("{actor} opened {object}")),
    Verb("tier.changed", _("{actor} changed {object}")),
    Verb("tier.archived", _("{actor} no longer offers {object}"), audience="team"),
    Verb("price.changed", _("{actor} changed a price of {object}")),
    Verb("benefit.changed", _("{actor} changed what {object} promises")),
    Verb("benefit.delivered", _("{actor} delivered what {object} promised")),
    Verb("benefit.undelivered", _("{actor} took a delivery of {object} back"), audience="team"),
    Verb("uses.declared", _("{actor} said where the money of {object} goes")),
    Verb("tier.granted", _("{actor} holds {object}"), audience="actor"),
    Verb("gift.made", _("{actor} has a gift for somebody"), audience="actor"),
    Verb("gift.opened", _("{actor} opened a gift"), audience="actor"),
    Verb("gift.voided", _("the money for {actor}'s gift went back"), audience="actor"),
    Verb("gift.restored", _("{actor}'s gift is good again"), audience="actor"),
    Verb("seats.funded", _("{actor} paid for seats"), audience="actor"),
    Verb("seats.voided", _("the money for {actor}'s seats went back"), audience="actor"),
    Verb("seats.restored", _("{actor}'s seats are good again"), audience="actor"),
    Verb("seat.asked", _("{actor} asked for a seat"), audience="actor"),
    Verb("seat.withdrawn", _("{actor} asks for no seat any more"), audience="actor"),
    Verb("seat.given", _("{actor} has a seat that somebody paid for"), audience="actor"),
    Verb("tier.ended", _("{actor} holds {object} no longer"), audience="actor"),
)
