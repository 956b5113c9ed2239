"""How people came into the demo's places: what is asked at the door, what they agreed to and care about, who brought whom."""

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any

from django.utils import timezone

from communities.activity.models import Activity
from communities.members.models import Acceptance, Invitation, JoinQuestion, Member
from communities.people.models import User
from communities.spaces.models import Community, Guidelines, Topic
from communities.ui.markdown import render

QUESTIONS = ("What do you make, or want to make?", "Who told you about us?")
GUIDELINES = {
    "demo": (
        315,
        """Six of them. A longer list was tried; nobody could remember it.

1. **Say what you'd say at the counter**, with the person standing there and their prints in their hand.
2. **Talk about the work you see.** If you don't know what somebody was trying to do, ask that first.
3. **Show your own things as often as you like.** Sell them in the places made for it.
4. **Credit who pulled the sheet.** Who drew it and who printed it are often two people.
5. **If it is somebody's secret, it stays at the table.** That goes for recipes too.
6. **When a moderator moves or hides something, they say why.** You may argue.
""",
    ),
    "atelier": (
        296,
        """We work with fire and with knives, so we are careful people.

* Ask before you touch what is drying, here as well as in the boathouse.
* Say what went wrong with your own things. It is why anybody reads this.
* Prices, glazes and thread counts are given freely. Give back what you find out.
""",
    ),
}
TOPICS = {
    Topic.Kind.INTEREST: [
        ("ink", "Ink that does as it likes"),
        ("paper", "Paper, and which way it runs"),
        ("machines", "Old machines"),
        ("editions", "Editions and proofs"),
        ("people", "The people behind a print"),
        ("zines", "Zines and small books"),
    ],
    Topic.Kind.CHALLENGE: [
        ("basics", "Beginning with nothing"),
        ("register", "Getting two colours to meet"),
        ("mistakes", "Living with my mistakes"),
        ("money", "Asking money for my work"),
        ("workshops", "Teaching it to others"),
    ],
}
# The people whom the readme names answer the same in every demo.
ANSWERS = {
    "mira": ("ink", "paper", "register"),
    "jun": ("machines", "editions", "mistakes"),
    "oksana": ("editions", "people", "money"),
}
LINKS = (
    ("mira", "For Hélder, who has charts", 1, 140, ("helder",)),
    ("ines", "On the poster by the till", None, 200, ("teo", "lucia", "gabor")),
)


def open_the_doors(places: dict[str, Community], users: dict[str, User], members: Sequence[Member]) -> None:
    """Halftone is open to whoever agrees to its rules; Atelier asks two questions first."""
    now = timezone.now()
    ledger = _agree(places, members, now) + _answer(places["demo"], members)
    ledger += _bring(places["demo"], users, members, now)
    _ask(places["atelier"])
    Activity.objects.bulk_create(sorted(ledger, key=lambda row: row.occurred_at))


def _row(verb: str, at: dt.datetime, place: Community, actor: int, kind: str, pk: int, **facts: Any) -> Activity:
    """Under the key that the action would have used, where it uses one."""
    key = facts.pop("key", f"{verb}:{pk}")
    return Activity(
        verb=verb, occurred_at=at, key=key, community=place, actor_id=actor, kind=kind, object_id=pk, **facts
    )


def _agree(places: dict[str, Community], members: Sequence[Member], now: dt.datetime) -> list[Activity]:
    """Version 1 of the guidelines in both places, and everybody's yes: when they came, or when the text did."""
    ledger = []
    for slug, (days, source) in GUIDELINES.items():
        place, at = places[slug], now - dt.timedelta(days=days)
        source = source.strip()
        html = render(source, trusted=True).html
        text = Guidelines.objects.create(community=place, version=1, source=source, html=html, created_at=at)
        Community.objects.filter(pk=place.pk).update(guidelines_version=1)
        place.guidelines_version = 1
        here = [member for member in members if member.community_id == place.pk]
        yes = [Acceptance(guidelines=text, user_id=one.user_id, at=max(one.joined_at, at)) for one in here]
        Acceptance.objects.bulk_create(yes)
        Member.objects.filter(community=place).update(agreed=1)
        owner = next(member.user_id for member in here if member.role == "owner")
        ledger.append(_row("guidelines.written", at, place, owner, "guidelines", text.pk, before=0, after=1))
        for one in yes:
            key = f"guidelines.accepted:{text.pk}:{one.user_id}"
            facts: dict[str, Any] = {"key": key, "after": 1}
            ledger.append(_row("guidelines.accepted", one.at, place, one.user_id, "guidelines", text.pk, **facts))
    return ledger


def _answer(place: Community, members: Sequence[Member]) -> list[Activity]:
    """Everybody is past the questions; in Halftone, where there are topics to pick, most picked some."""
    topics = {
        slug: Topic(community=place, kind=kind, slug=slug, label=label, position=at)
        for kind, lines in TOPICS.items()
        for at, (slug, label) in enumerate(lines)
    }
    Topic.objects.bulk_create(topics.values())
    rng, picks, ledger = Random("what do you care about"), [], []
    slugs = {kind: [slug for slug, _label in lines] for kind, lines in TOPICS.items()}
    for member in members:
        member.onboarded_at = member.joined_at + dt.timedelta(minutes=3)
        where, of = member.community, (member.user_id, "member", member.pk)
        ledger.append(_row("member.onboarded", member.onboarded_at, where, *of))
        chosen: Sequence[str] = ANSWERS.get(member.user.handle, ())
        if not chosen and rng.random() < 0.8:
            chosen = rng.sample(slugs[Topic.Kind.INTEREST], rng.randint(1, 3))
            chosen = [*chosen, *rng.sample(slugs[Topic.Kind.CHALLENGE], rng.randint(0, 2))]
        if member.community_id == place.pk:
            picks += [Member.topics.through(member_id=member.pk, topic_id=topics[slug].pk) for slug in chosen]
    Member.objects.bulk_update(members, ["onboarded_at"])
    Member.topics.through.objects.bulk_create(picks)
    return ledger


def _bring(place: Community, users: dict[str, User], members: Sequence[Member], now: dt.datetime) -> list[Activity]:
    """Two links in Halftone: one for one person, one on a poster, and who came by them."""
    ledger = []
    seats = {member.user.handle: member for member in members if member.community_id == place.pk}
    for handle, label, most, days, came in LINKS:
        earliest = min(seats[one].joined_at for one in came) - dt.timedelta(days=2)
        made = max(seats[handle].joined_at, min(earliest, now - dt.timedelta(days=days)))
        link = Invitation.objects.create(
            community=place, creator=users[handle], label=label, max_uses=most, used=len(came), created_at=made
        )
        ledger.append(_row("invitation.made", made, place, users[handle].pk, "invitation", link.pk))
        Member.objects.filter(pk__in=[seats[one].pk for one in came]).update(invitation=link)
    return ledger


def _ask(place: Community) -> None:
    """Atelier lets people in by hand; who waits there stands in talk/_waiting.yaml."""
    Community.objects.filter(pk=place.pk).update(
        join_mode=Community.Join.REQUEST,
        join_note="There is one table, so we say hello one by one. Liv or Henrik answers within two days.",
    )
    questions = [JoinQuestion(community=place, text=text, position=at) for at, text in enumerate(QUESTIONS)]
    JoinQuestion.objects.bulk_create(questions)
