"""The people of the demo as they stand in people.csv, and the rows that make members of them."""

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from communities.members.actions import settle_rung
from communities.members.models import MEMBER_LEVEL, Member, RungSource
from communities.people.models import User
from communities.people.names import shape_of
from communities.spaces.models import Community

WORD = "hearth-demo"  # everybody may know it: the demo answers on the own machine only
REASONS = {
    20: ("Showed three finished things on the bench.", "Helped on a workshop Saturday.", "Pays by standing order."),
    30: ("Lent the house money for the drums.", "Four open Thursdays in a row.", "Asked by two of the table."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A person in a community ("none": in no community). joined: days before today. The second row of a handle only adds a place."""

    community: str
    handle: str
    email: str
    name: str
    timezone: str
    joined: int
    rung: int
    role: str
    title: str
    bio: str


def rows() -> list[Row]:
    """In the order of the file, which is the order of the accounts and so decides who gets which drawn face."""
    with (Path(__file__).parent / "people.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    words = ("community", "handle", "email", "name", "timezone", "role", "title", "bio")
    return [
        Row(**{word: line[word] for word in words}, joined=int(line["joined"]), rung=int(line["rung"]))
        for line in lines
    ]


def make_users(now: dt.datetime) -> dict[str, User]:
    """Everybody by handle, with a verified address and the one password, hashed once."""
    encoded = make_password(WORD)
    people = [row for row in rows() if row.name]
    users = User.objects.bulk_create(
        [
            User(
                email=row.email or f"{row.handle}@demo.example",
                handle=row.handle,
                handle_shape=shape_of(row.handle),
                name=row.name,
                bio=row.bio,
                timezone=row.timezone,
                password=encoded,
                is_staff=row.email == "staff@demo.example",
                date_joined=now - dt.timedelta(days=row.joined, minutes=20),
            )
            for row in people
        ]
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    )
    by_handle = {user.handle: user for user in users}
    by_handle["marta"].groups.add(Group.objects.get_or_create(name="moderator")[0])
    return by_handle


def make_members(places: dict[str, Community], users: dict[str, User], now: dt.datetime) -> list[Member]:
    """Memberships with the sources of their rungs; the cache is written by members' own action, which finds it settled."""
    wanted = [row for row in rows() if row.community in places]
    members = Member.objects.bulk_create(
        [
            Member(
                community=places[row.community],
                user=users[row.handle],
                role=row.role,
                title=row.title,
                rung=row.rung,
                joined_at=now - dt.timedelta(days=row.joined),
            )
            for row in wanted
        ]
    )
    owners = {member.community_id: member.user_id for member in members if member.role == "owner"}
    RungSource.objects.bulk_create(
        [
            RungSource(
                member=member,
                source="hand",
                ref="hand",
                level=row.rung,
                starts=climbed(member),
                reason=REASONS[row.rung][at % 3],
                given_by_id=owners[member.community_id],
            )
            for at, (member, row) in enumerate(zip(members, wanted, strict=True))
            if row.rung > MEMBER_LEVEL
        ]
    )
    for member in members:
        if member.rung > MEMBER_LEVEL:
            settle_rung(member)
    return members


def climbed(member: Member) -> dt.datetime:
    """When a member of the demo came to their step: between one and three weeks after joining."""
    return member.joined_at + dt.timedelta(days=7 + member.user_id % 8)
