"""What the communities of the demo offer: tiers with reasons and prices, promises kept and one late, and where the money goes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from communities.members.models import Member
from communities.people.models import User
from communities.spaces.models import Community
from content.posts.models import Post
from memberships.tiers.models import Benefit, Change, Due, Grant, Price, Tier, Use
from memberships.tiers.promises import due_days

# (text, every, days before today of the first due day, {turn from the newest: (words, post) or None for late})
OFFERS: dict[str, list[dict[str, Any]]] = {
    "demo": [
        {
            "level": 20,
            "name": "Insider",
            "opened": 410,
            "why": "Two duplicators and a proofing press want ink and oil whether somebody orders posters or not. A hundred people who "
            "chip in a little mean that we can say no to work we would be ashamed of.",
            "what": "The recipes with their numbers, the price sheets as they are, the books every quarter, and early drops three days "
            "before everybody.",
            "how": "It pays the rent of the bottle store in the months when nobody prints. What is left goes into drums that everybody "
            "here may use on open Thursdays.",
            "prices": [("month", "eur", 600), ("year", "eur", 6000)],
            "before": [("month", "eur", 500)],
            "benefits": [
                ("Every recipe and formula in the archive", "", 0, {}),
                (
                    "One new recipe, with its failures",
                    "month",
                    355,
                    {
                        1: ("The formulas for spring, all six.", "36-the-formulas-for-spring"),
                        2: ("A grey from what you own.", "29-a-grey-from-what-you-own"),
                    },
                ),
                (
                    "The books: what came in, what went out",
                    "quarter",
                    370,
                    {1: ("The third quarter.", "48-third-quarter-in-and-out")},
                ),
                ("A small print by post", "year", 380, {0: None}),
            ],
        },
        {
            "level": 30,
            "name": "Inner Circle",
            "opened": 400,
            "why": "Some decisions are too large for three people: a second machine, a book at ten years, whether to move. We want a "
            "table of people who carry them with us.",
            "what": "A seat at the table, every early drop on its first day, and your name on the wall behind the press, in lead.",
            "how": "Circles paid for the second drum and for the apprentice's first year. They decide what is next.",
            "prices": [("month", "eur", 1800), ("year", "eur", 18000)],
            "before": [],
            "benefits": [
                ("A vote before we decide", "", 0, {}),
                ("Your name in lead on the wall", "", 0, {}),
                (
                    "An evening at the table, in the house or by line",
                    "quarter",
                    350,
                    {1: ("Forty-one came and voted.", "35-forty-one-voted")},
                ),
            ],
        },
    ],
    "atelier": [
        {
            "level": 20,
            "name": "Friend of the kiln",
            "opened": 280,
            "why": "A firing costs the same with forty bowls as with four. Friends make it forty.",
            "what": "The glaze book, the binding notes, and first choice on the Sunday after.",
            "how": "It buys wood for one firing in three.",
            "prices": [("month", "nok", 7900), ("year", "nok", 79000)],
            "before": [],
            "benefits": [
                ("The glaze book as it stands", "", 0, {}),
                ("A letter from both doors", "month", 270, {}),
            ],
        }
    ],
}
USES = {
    "demo": [
        ("Rent of the bottle store", 4200),
        ("Ink, paper and drums", 2600),
        ("The apprentice", 2200),
        ("Put by for repairs", 1000),
    ],
    "atelier": [
        ("Wood and power for the kiln", 5500),
        ("Leather, thread and board", 2500),
        ("The boathouse roof", 2000),
    ],
}


def make_offers(
    places: Mapping[str, Community], users: Mapping[str, User], posts: Mapping[str, Post], now: dt.datetime
) -> None:
    owners = {"demo": users["ines"], "atelier": users["liv"]}
    for slug, offers in OFFERS.items():
        place = places[slug]
        for offer in offers:
            _offer(place, owners[slug], offer, posts, now)
        opened = now - dt.timedelta(days=270)
        rows = [
            Use(community=place, label=what, share=share, position=at, starts=opened)
            for at, (what, share) in enumerate(USES[slug])
        ]
        Use.objects.bulk_create(rows)
    hand_out(places["demo"], users)


def hand_out(place: Community, users: Mapping[str, User]) -> None:
    """Whoever is known by a tier holds it, as a gift of the house: the first that is sold, and the highest."""
    for handle, level in (("jun", 20), ("oksana", 30)):
        seat = Member.objects.get(community=place, user=users[handle])
        tier = Tier.objects.get(community=place, level=level)
        by_hand = seat.sources.get(source="hand")
        why = "Of the house."
        grant = Grant.objects.create(
            member=seat, tier=tier, source="comp", ref=f"demo:{handle}", starts=by_hand.starts, reason=why
        )
        seat.sources.filter(pk=by_hand.pk).update(source="tier", ref=f"grant:{grant.pk}", reason=why)


def _offer(place: Community, owner: User, offer: dict[str, Any], posts: Mapping[str, Post], now: dt.datetime) -> None:
    opened = now - dt.timedelta(days=offer["opened"])
    words = {name: offer[name] for name in ("name", "why", "what", "how", "level")}
    slug = offer["name"].lower().replace(" ", "-")
    tier = Tier.objects.create(community=place, slug=slug, state=Tier.State.OPEN, created_at=opened, **words)
    Price.objects.bulk_create(
        [Price(tier=tier, interval=i, currency=c, amount=a, created_at=opened) for i, c, a in offer["prices"]]
    )
    for interval, currency, amount in offer["before"]:
        ended = now - dt.timedelta(days=180)
        Price.objects.create(
            tier=tier,
            interval=interval,
            currency=currency,
            amount=amount,
            active=False,
            created_at=opened,
            ended_at=ended,
        )
        Change.objects.create(
            tier=tier, what="price", before="€5.00 a month", after="€6.00 a month", actor=owner, at=ended
        )
    Change.objects.create(tier=tier, what="state", before="being written", after="open", actor=owner, at=opened)
    today = timezone.localdate(now, place.zone)
    for position, (text, every, since, said) in enumerate(offer["benefits"]):
        first = today - dt.timedelta(days=since) if every else None
        benefit = Benefit.objects.create(tier=tier, text=text, every=every, since=first, position=position)
        days = list(reversed(due_days(benefit, until=today)))
        Due.objects.bulk_create(_dues(benefit, owner, days, said, posts, place, now))


def _dues(
    benefit: Benefit,
    owner: User,
    days: list[dt.date],
    said: dict[int, Any],
    posts: Mapping[str, Post],
    place: Community,
    now: dt.datetime,
) -> list[Due]:
    """What was due is delivered the evening before, but for what is late."""
    rows = []
    for turn, day in enumerate(days):
        if turn in said and said[turn] is None:
            rows.append(Due(benefit=benefit, on=day, note="The plates cracked. New ones come with the March paper."))
            continue
        note, stem = said.get(turn, ("", ""))
        at = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(18), place.zone)
        link = posts[stem].url if stem else ""
        rows.append(Due(benefit=benefit, on=day, delivered_at=min(at, now), delivered_by=owner, note=note, link=link))
    return rows
