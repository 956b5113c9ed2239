"""The rooms of the demo and what is said in them; rooms.yaml holds the words."""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from communities.access.models import State
from communities.comments.mentions import Calling
from communities.comments.models import Mention
from communities.discussion.models import Marker, Message, Room, Topic
from communities.discussion.things import room_as_thing
from communities.members.models import Member, Role
from communities.people.models import User
from communities.reactions.models import Reaction
from communities.spaces.models import Community
from communities.ui.markdown import render
from config.demo import art
from config.demo.drawing import file_row

HERE = Path(__file__).parent
PARTS = re.compile(r"(\d+)([dhm])")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}
UNREAD = 6  # messages at the end of a room that the demo's people have not seen


@cache
def plans() -> dict[str, list[dict[str, Any]]]:
    return yaml.safe_load((HERE / "rooms.yaml").read_text(encoding="utf-8"))


def before(text: str) -> dt.timedelta:
    """`1d6h` as a length of time."""
    return sum((dt.timedelta(**{UNITS[unit]: int(n)}) for n, unit in PARTS.findall(text)), dt.timedelta())


def open_rooms(places: Mapping[str, Community], users: Mapping[str, User], now: dt.datetime) -> list[Message]:
    """Everything that was said, with its signs and calls. Returns the messages."""
    said: list[Message] = []
    for slug, rooms in plans().items():
        place = places[slug]
        team = set(Member.objects.filter(community=place).exclude(role=Role.MEMBER).values_list("user_id", flat=True))
        owner = Member.objects.filter(community=place, role=Role.OWNER).values_list("user_id", flat=True)[0]
        for at, plan in enumerate(rooms):
            room = Room.objects.create(
                community=place, author_id=owner, state=State.PUBLISHED, opens_at=now - dt.timedelta(days=200),
                slug=plan["slug"], name=plan["name"], about=plan["about"], position=at,
                own_rung=plan["rung"], rung=plan["rung"], own_listed_rung=plan["listed"], listed_rung=plan["listed"],
                posting=plan.get("posting", Room.Posting.MEMBERS),
            )  # fmt: skip
            said += _said(room, plan["says"], users, team, now)
    return said


def _said(
    room: Room, lines: list[dict[str, Any]], users: Mapping[str, User], team: set[int], now: dt.datetime
) -> list[Message]:
    rows: list[Message] = []
    called: list[tuple[Message, set[int]]] = []
    for number, line in enumerate(lines, 1):
        calling = Calling(room.community, room_as_thing(room))
        rendered = render(line["text"], images={}, people=calling)
        author = users[line["by"]]
        row = Message(
            community=room.community, room=room, number=number, rev=number, author=author, source=line["text"],
            html=rendered.html, by_team=author.pk in team, created_at=now - before(line["ago"]),
            attached=1 if "picture" in line else 0,
        )  # fmt: skip
        called.append((row, calling.people(rendered.called)))
        rows.append(row)
    Message.objects.bulk_create(rows)
    _show(rows, lines)
    _answer(rows, lines)
    _name_topics(room, rows, lines)
    Mention.objects.bulk_create(
        [Mention(kind=Message.KIND, object_id=row.pk, user_id=pk) for row, people in called for pk in people]
    )
    signs = [
        Reaction(
            community=room.community,
            kind=Message.KIND,
            object_id=row.pk,
            user=users[name],
            emoji=emoji,
            at=row.created_at,
        )
        for row, line in zip(rows, lines, strict=True)
        for emoji, names in line.get("signs", {}).items()
        for name in names
    ]
    Reaction.objects.bulk_create(signs)
    room.last = room.rev = len(rows)
    room.spoken_at = rows[-1].created_at
    room.save(update_fields=["last", "rev", "spoken_at"])
    seats = Member.objects.filter(community=room.community)
    Marker.objects.bulk_create(
        [
            Marker(room=room, user_id=seat.user_id, number=max(0, room.last - UNREAD))
            for seat in seats.filter(rung__gte=room.rung)
        ]
    )
    return rows


def _name_topics(room: Room, rows: list[Message], lines: list[dict[str, Any]]) -> None:
    """`about` names the topic; whoever said the first of it started it."""
    topics: dict[str, Topic] = {}
    for row, line in zip(rows, lines, strict=True):
        if title := line.get("about"):
            topic = topics.get(title) or Topic(community=room.community, room=room, title=title, author=row.author)
            topic.last, topic.spoken_at = row.number, row.created_at
            row.topic = topics[title] = topic
    Topic.objects.bulk_create(topics.values())
    Message.objects.bulk_update([row for row in rows if row.topic is not None], ["topic"])


def _show(rows: list[Message], lines: list[dict[str, Any]]) -> None:
    """The pictures that go along with what was said."""
    for row, line in zip(rows, lines, strict=True):
        if "picture" in line:
            name, alt = line["picture"]
            place = {"community": row.community, "uploader": row.author, "created_at": row.created_at}
            file_row(art.draw(name), alt=alt, parent_kind=Message.KIND, parent_id=row.pk, **place).save()


def _answer(rows: list[Message], lines: list[dict[str, Any]]) -> None:
    """`to` is the last message before it of that person."""
    answers = []
    for at, line in enumerate(lines):
        if "to" in line:
            rows[at].answers = next(
                row
                for row, other in zip(rows[at - 1 :: -1], lines[at - 1 :: -1], strict=True)
                if other["by"] == line["to"]
            )
            answers.append(rows[at])
    Message.objects.bulk_update(answers, ["answers"])
