"""A02, A12: a canary in everything that can be found, asked for by each viewer; what comes back, and how many, is the table's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from content.search.models import Entry
from content.search.query import read
from content.search.reading import find
from tests.legs import take
from tests.matrix import (
    AUDIENCES,
    COMMENTS,
    DIRECT,
    EVERYBODY,
    FATES,
    MEMBERS,
    PROFILES,
    ROOMS,
    SPOKEN,
    TEAM,
    House,
    canary,
)
from tests.test_access_matrix import house  # noqa: F401 - the planted house is this matrix's as well

pytestmark = pytest.mark.django_db

NOBODY: frozenset[str] = frozenset()
# What people keep to the team is found by the team, what they keep to themselves by nobody; and only who is found at all by
# members and the team: a visitor finds no people. The moderator, the insider, the circle and the owner told something.
PEOPLE = {"for-public": MEMBERS, "for-members": MEMBERS, "for-team": TEAM, "for-me": NOBODY}


def oracle() -> dict[str, frozenset[str]]:
    """By canary, who finds something by it: the tables of the access matrix, but for what search does not hold at all."""
    finds: dict[str, frozenset[str]] = {}
    for audience, (listed, readable) in AUDIENCES.items():
        if "draft" in audience or audience == "working":
            listed = readable = NOBODY
        head = ("title", "teaser", "tag") if audience in ("table", "removed") else ("title",)
        finds |= {canary(audience, name): listed for name in head}
        finds[canary(audience, "body")] = readable
    silent = ("hidden", "removed")  # under what is not out nothing is found
    finds |= {canary(one, "comment"): NOBODY if one in silent else who for one, who in COMMENTS.items()}
    finds |= {canary("public", fate): who for fate, who in FATES.items()}
    finds |= {canary(one, "message"): readers for one, (_listed, readers) in ROOMS.items()}
    finds |= {canary("public", fate): who for fate, who in SPOKEN.items()}
    finds |= {
        canary("public", before): NOBODY for before in ("stood-before", "spoken-before")
    }  # it says something else now
    # What people say to each other is found by them alone, the team's part in it as well.
    finds |= {canary("direct", word): readers - TEAM for word, readers in DIRECT.items()}
    assert set(PEOPLE) == set(PROFILES)
    return finds | {canary(circle, field): who for circle, who in PEOPLE.items() for field in ("bio", "work")}


def test_each_canary_is_found_by_exactly_whom_the_table_says(house: House, client_of: Callable[[Any], Client]) -> None:  # noqa: F811
    """One answer for who may read it, none for anybody else; what pages show is theirs; what is erased is in no entry.
    Where two databases are asked at once, each viewer asks one of them for each word alone, and both for all together."""
    while deliver_due():
        pass
    finds, wrong, leaks, counts = oracle(), [], [], {}
    for who in sorted(EVERYBODY):
        viewer = viewer_for(house.people[who], house.place)
        for word, finders in finds.items() if take(f"search {who}") else ():
            many = len(find(house.place, viewer, read(f'"{word}"')).of())
            wrong += [(who, word, many)] if many != (who in finders) else []
        counts[who] = len(find(house.place, viewer, read("canary")).of())
        shown = all_pages(client_of(house.people[who]))
        leaks += [(who, word) for word, finders in finds.items() if word in shown and who not in finders]
        assert shown.count('<li class="hit">') == counts[who]
    assert (wrong, leaks) == ([], [])
    # Suspended is as a visitor is; the outsider has a pass to a post with its comment, and to a room with its message.
    assert counts["visitor"] == counts["suspended"] == counts["maker"] == counts["outsider"] - 2
    assert counts["visitor"] < counts["member"] < counts["insider"] < counts["owner"]
    held = "\n".join(f"{row.head}\n{row.text}" for row in Entry.objects.all())
    gone = [canary("removed", "title"), canary("removed", "body"), canary("draft", "title"), canary("working", "body")]
    gone += [canary("public", fate) for fate in ("stood-removed", "spoken-removed", "stood-before", "spoken-before")]
    gone += [canary("for-me", field) for field in ("bio", "work", "place")]
    assert [word for word in gone if word in held] == []


def all_pages(browser: Client) -> str:
    """Every page of the one question that everything answers, without its marks."""
    pages = ""
    for number in range(1, 9):
        page = browser.get(f"/c/demo/search/?q=canary&page={number}").content.decode()
        pages += page
        if 'rel="next' not in page:
            break
    return pages.replace("<mark>", "").replace("</mark>", "")
