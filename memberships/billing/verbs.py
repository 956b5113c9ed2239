"""What billing announces. Every line carries what measuring needs, for it cannot be found out later:

subscription.*: amount is the price per interval in minor units; before and after are what the subscription brings in a year after
discounts and without tax (0 on trial, where nothing is paid, and after the grace); occurred_at is when it took effect by Stripe's
clock. invoice.*, dispute.* and refund.*: amount with tax, before 0, after without tax; occurred_at is when the money moved. Object of
all: the subscription, or the purchase where the money was of one.
brand_share.set: before and after in hundredths of a percent, occurred_at is from when on it counts; object: the community.
price.told: before and after are the two prices per interval, amount is the new one; object: the subscription. prices.told: the same
once for all of them; object: the tier. checkout.begun: before is the price, after what is left of it with a code. purchase.* likewise;
object: the purchase. offer.*: object: the offer.
"""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("offer.made", _("{actor} made an offer"), audience="team"),
    Verb("offer.archived", _("{actor} put an offer away"), audience="team"),
    Verb("purchase.begun", _("{actor} went to the till for others"), audience="actor"),
    Verb("purchase.paid", _("{actor} paid for others"), audience="actor"),
    Verb("purchase.refunded", _("{actor} got money back"), audience="actor"),
    Verb("checkout.begun", _("{actor} went to the till"), audience="actor"),
    Verb("trial.started", _("{actor} tries a step"), audience="actor"),
    Verb("trial.reminded", _("{actor}'s days to try end soon"), audience="actor"),
    Verb("subscription.started", _("{actor} pays for a step"), audience="actor"),
    Verb("subscription.changed", _("{actor} pays something else now"), audience="actor"),
    Verb("subscription.ending", _("{actor} ends what they pay with the period"), audience="actor"),
    Verb("subscription.resumed", _("{actor} goes on paying"), audience="actor"),
    Verb("subscription.overdue", _("{actor}'s payment failed"), audience="actor"),
    Verb("subscription.reminded", _("{actor}'s step closes tomorrow"), audience="actor"),
    Verb("subscription.lapsed", _("{actor}'s payment did not come in time"), audience="actor"),
    Verb("subscription.recovered", _("{actor}'s payment came"), audience="actor"),
    Verb("subscription.ended", _("{actor} pays no longer"), audience="actor"),
    Verb("price.told", _("{actor} was told of a new price"), audience="actor"),
    Verb("prices.told", _("{actor} told whoever pays an old price of the new one"), audience="team"),
    Verb("invoice.paid", _("{actor} paid"), audience="actor"),
    Verb("invoice.failed", _("{actor}'s payment did not go through"), audience="actor"),
    Verb("payment.held", _("{actor}'s bank wants to be asked"), audience="actor"),
    Verb("invoice.refunded", _("{actor} got money back"), audience="actor"),
    Verb("refund.failed", _("{actor}'s money did not get back"), audience="actor"),
    Verb("dispute.opened", _("{actor} took a payment to their bank"), audience="actor"),
    Verb("dispute.won", _("a bank gave us right"), audience="actor"),
    Verb("dispute.lost", _("a bank took a payment back"), audience="actor"),
    Verb("brand_share.set", _("{actor} set the brand's share of {object}"), audience="team"),
)
