"""What people of the demo write to each other; letters.yaml holds the words."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from communities.access.models import NOBODY, Pass, State
from communities.discussion.conversing import SOURCE
from communities.discussion.direct import party_of
from communities.discussion.models import Marker, Message, Room
from communities.people.models import User
from communities.spaces.models import Community
from communities.ui.markdown import render
from config.demo.rooms import before

HERE = Path(__file__).parent


@cache
def plans() -> dict[str, list[dict[str, Any]]]:
    return yaml.safe_load((HERE / "letters.yaml").read_text(encoding="utf-8"))


def write_letters(places: Mapping[str, Community], users: Mapping[str, User], now: dt.datetime) -> list[Message]:
    """Each conversation with its passes, and read up to `unread` messages before its end. Returns the messages."""
    said: list[Message] = []
    for slug, conversations in plans().items():
        for number, plan in enumerate(conversations, 1):
            said += _written(places[slug], number, plan, users, now)
    return said


def _written(
    place: Community, number: int, plan: dict[str, Any], users: Mapping[str, User], now: dt.datetime
) -> list[Message]:
    people, lines = [users[name] for name in plan["between"]], plan["says"]
    begun = now - before(lines[0]["ago"])
    nobody = dict.fromkeys(("own_rung", "rung", "own_listed_rung", "listed_rung"), NOBODY)
    room = Room.objects.create(
        community=place, author=users[lines[0]["by"]], state=State.PUBLISHED, opens_at=begun,
        slug=f"dm-{number:016x}", party=party_of([one.pk for one in people]), posting=Room.Posting.READERS,
        last=len(lines), rev=len(lines), spoken_at=now - before(lines[-1]["ago"]), **nobody,
    )  # fmt: skip
    Pass.objects.bulk_create(
        [Pass(user=one, kind=Room.KIND, object_id=room.pk, source=SOURCE, starts=begun) for one in people]
    )
    rows = [
        Message(
            community=place, room=room, number=at, rev=at, author=users[line["by"]], source=line["text"],
            html=render(line["text"], images={}).html, created_at=now - before(line["ago"]),
        )
        for at, line in enumerate(lines, 1)
    ]  # fmt: skip
    Message.objects.bulk_create(rows)
    wrote = {row.author_id: row for row in rows}
    Marker.objects.bulk_create(
        [
            Marker(
                room=room, user=one, level=Marker.Level.ALL, said_at=wrote[one.pk].created_at if one.pk in wrote else None,
                number=max(len(rows) - plan.get("unread", 0), wrote[one.pk].number if one.pk in wrote else 0),
            )
            for one in people
        ]
    )  # fmt: skip
    return rows
