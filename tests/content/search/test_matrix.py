"""A02, A12: a canary in everything that can be found, asked for by each viewer; what comes back, and how many, is the table's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from content.search.models import Entry
from content.search.query import read
from content.search.reading import dress, find
from tests.matrix import AUDIENCES, COMMENTS, EVERYBODY, FATES, MEMBERS, PROFILES, ROOMS, SPOKEN, TEAM, House, canary
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
        finds |= {canary(audience, name): listed for name in ("title", "teaser", "tag")}
        finds[canary(audience, "body")] = readable
    silent = ("hidden", "removed")  # under what is not out nothing is found
    finds |= {canary(one, "comment"): NOBODY if one in silent else who for one, who in COMMENTS.items()}
    finds |= {canary("public", fate): who for fate, who in FATES.items()}
    finds |= {canary(one, "message"): readers for one, (_listed, readers) in ROOMS.items()}
    finds |= {canary("public", fate): who for fate, who in SPOKEN.items()}
    finds |= {
        canary("public", before): NOBODY for before in ("stood-before", "spoken-before")
    }  # it says something else now
    assert set(PEOPLE) == set(PROFILES)
    return finds | {canary(circle, field): who for circle, who in PEOPLE.items() for field in ("bio", "work", "place")}


def test_each_canary_is_found_by_exactly_whom_the_table_says(house: House) -> None:  # noqa: F811
    """One answer for who may read it, none for anybody else: counted, listed and shown alike."""
    while deliver_due():
        pass
    wrong = []
    for who in sorted(EVERYBODY):
        viewer = viewer_for(house.people[who], house.place)
        for word, finders in oracle().items():
            asked = read(f'"{word}"')
            keys = find(house.place, viewer, asked).of()
            shown = dress(keys, viewer, asked)
            expected = 1 if who in finders else 0
            if (len(keys), len(shown)) != (expected, expected):
                wrong.append((who, word, len(keys), [hit.url for hit in shown]))
            wrong += [
                (who, word, "not shown") for hit in shown if word not in "".join(p.text for p in hit.lines + hit.title)
            ]
    assert wrong == []


def test_the_page_says_of_everything_no_more_than_the_table(house: House, client_of: Callable[[Any], Client]) -> None:  # noqa: F811
    """All pages of one question that everything answers: each canary that they show is one that its reader may read."""
    while deliver_due():
        pass
    leaks, counts = [], {}
    for who in sorted(EVERYBODY):
        browser, pages = client_of(house.people[who]), ""
        for number in range(1, 6):
            pages += browser.get(f"/c/demo/search/?q=canary&page={number}").content.decode()
        leaks += [(who, word) for word, finders in oracle().items() if word in plain_of(pages) and who not in finders]
        viewer = viewer_for(house.people[who], house.place)
        counts[who] = len(find(house.place, viewer, read("canary")).of())
    assert leaks == []
    # Suspended is as a visitor is; the outsider has a pass to one post and one room, and the comment under it.
    assert counts["visitor"] == counts["suspended"] == counts["maker"] == counts["outsider"] - 2
    assert counts["visitor"] < counts["member"] < counts["insider"] < counts["circle"] < counts["owner"]


def plain_of(page: str) -> str:
    return page.replace("<mark>", "").replace("</mark>", "")


def test_what_is_erased_leaves_no_word_in_the_index(house: House) -> None:  # noqa: F811
    while deliver_due():
        pass
    held = "\n".join(f"{row.head}\n{row.text}" for row in Entry.objects.all())
    gone = [canary("removed", "title"), canary("removed", "body"), canary("draft", "title"), canary("working", "body")]
    gone += [canary("public", fate) for fate in ("stood-removed", "spoken-removed", "stood-before", "spoken-before")]
    gone += [canary("for-me", field) for field in ("bio", "work", "place")]
    assert [word for word in gone if word in held] == []
