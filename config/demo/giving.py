"""What people of the demo do for one another: an offer's code, a gift on its way, seats that were paid for and the row of who asked."""

import datetime as dt
from collections.abc import Mapping

from communities.members.actions import settle_rung
from communities.members.models import Member, RungSource
from communities.people.models import User
from communities.spaces.models import Community
from memberships.billing.models import Coupon
from memberships.tiers.gifts import months_later
from memberships.tiers.models import Ask, Gift, Grant, Pool, Tier

PLAIN = "a-gift-in-the-demo"  # a link that can be told by heart
# (handle, days ago, words); the first two have a seat, the others wait.
ASKED = (
    ("zaid", 19, "Student, year two. The print room takes what the rent leaves."),
    ("vera", 17, ""),
    ("malik", 6, "Between two records; nothing comes in until the spring pressing."),
    ("thabo", 2, "Learning dots costs paper, and I would read every recipe."),
)


def make_giving(place: Community, users: Mapping[str, User], now: dt.datetime) -> None:
    owner, tier = users["ines"], Tier.objects.get(community=place, level=20)
    offers = [
        Coupon(code="FIRSTINK", percent=50, lasts="repeating", months=3, most=40, ends_at=now + dt.timedelta(days=45)),
        Coupon(code="COMEBACK", percent=30, lasts="repeating", months=2, left_only=True),
        Coupon(code="SUMMER", amount=200, currency="eur", ends_at=now - dt.timedelta(days=70)),
    ]
    for row in offers:
        row.community, row.made_by, row.created_at = place, owner, now - dt.timedelta(days=90)
    Coupon.objects.bulk_create(offers)
    giver = users["oksana"]
    Gift.objects.create(
        tier=tier, months=6, giver=giver, ref="demo:gift", token=PLAIN, created_at=now - dt.timedelta(days=3),
        message="For the long evenings. Start with the grey from what you own; I still owe you a drum.",
    )  # fmt: skip
    pool = Pool.objects.create(
        tier=tier, months=6, seats=2, taken=2, giver=giver, ref="demo:seats", created_at=now - dt.timedelta(days=20)
    )
    for number, (handle, days, words) in enumerate(ASKED):
        at, seat = now - dt.timedelta(days=days), Member.objects.get(community=place, user=users[handle])
        ask = Ask.objects.create(tier=tier, member=seat, words=words, asked_at=at)
        if number < pool.taken:
            Ask.objects.filter(pk=ask.pk).update(state="served", pool=pool, settled_at=at)
            _seat(seat, tier, ask, at, months_later(at, pool.months, place))


def _seat(seat: Member, tier: Tier, row: Ask, at: dt.datetime, ends: dt.datetime) -> None:
    """As it was then: the ledger of today has no line of it."""
    grant = Grant.objects.create(member=seat, tier=tier, source="seat", ref=f"seat:{row.pk}", starts=at, ends=ends)
    RungSource.objects.create(
        member=seat, source="tier", ref=f"grant:{grant.pk}", level=tier.level, starts=at, ends=ends, reason=tier.name
    )
    Member.objects.filter(pk=seat.pk).update(rung=tier.level)
    seat.rung = tier.level
    settle_rung(seat)
