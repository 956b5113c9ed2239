"""What the access matrix is made of: planted posts with a canary in every field, the viewers, who should see what, and a crawler."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone
from PIL import Image

from communities.access.models import Pass
from communities.access.things import thing
from communities.access.viewer import Viewer, viewer_for
from communities.comments.actions import edit_comment, remove_comment, write_comment
from communities.comments.models import Comment
from communities.discussion.actions import edit_message, remove_message, write_message
from communities.discussion.conversing import begin_conversation, leave_conversation
from communities.discussion.models import Message, Room, Topic
from communities.discussion.rooms import close_room, save_room
from communities.discussion.topics import put_into_topic
from communities.files.actions import take_image
from communities.files.models import File
from communities.files.waiting import Enclosed, hand_in
from communities.members.guidelines import write_guidelines
from communities.members.invitations import make_invitation
from communities.members.models import JoinRequest, Member, Standing
from communities.members.requests import decline_request
from communities.people.models import Profile
from communities.people.profile import change_profile
from communities.safety.actions import hide, warn_member
from communities.safety.deciding import decide
from communities.safety.reporting import file_report
from communities.spaces.actions import change_community
from communities.spaces.models import Community, Space
from content.posts.actions import publish_post, remove_post, save_draft, set_bylines, set_tags, start_draft
from content.posts.models import Post
from memberships.tiers.actions import open_tier, save_benefit, save_tier, set_price
from memberships.tiers.grants import give_tier

EVERYBODY = frozenset(
    {
        "visitor",
        "outsider",
        "member",
        "insider",
        "circle",
        "suspended",
        "lapsed",
        "moderator",
        "staff",
        "owner",
        "maker",
    }
)
TEAM = frozenset({"moderator", "staff", "owner"})
INSIDERS = TEAM | {"insider", "circle"}
CIRCLES = TEAM | {"circle"}
MEMBERS = INSIDERS | {"member", "lapsed"}

# name: (who may know of it, who may read it), written down by hand: the oracle that no code of the project computes.
AUDIENCES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "public": (EVERYBODY, EVERYBODY),
    "members": (EVERYBODY, MEMBERS),
    "insiders": (EVERYBODY, INSIDERS),
    "circle": (EVERYBODY, CIRCLES),
    "table": (INSIDERS, CIRCLES),
    "opened": (EVERYBODY, EVERYBODY),
    "opening": (EVERYBODY, INSIDERS),
    "passed": (EVERYBODY, INSIDERS | {"outsider"}),
    "draft": (frozenset({"owner"}), frozenset({"owner"})),
    "bench-draft": (frozenset({"member"}), frozenset({"member"})),
    "scheduled": (TEAM, TEAM),
    "hidden": (TEAM | {"insider"}, TEAM | {"insider"}),
    "removed": (frozenset(), frozenset()),
    "working": (frozenset({"owner"}), frozenset({"owner"})),
}
# What people say about themselves, by the circle that they chose, and who stands in it. Each circle is one person's choice:
# what only oneself sees is the owner's, so that nobody's rank helps.
PROFILES: dict[str, frozenset[str]] = {
    "for-public": EVERYBODY,
    "for-members": MEMBERS,
    "for-team": TEAM | {"circle"},
    "for-me": frozenset({"owner"}),
}
PROFILE_FIELDS = ("bio", "pronouns", "work", "place", "website")
# What is said in reports and acts: the team's, and of whoever it concerns. The insider reported the public post, and had a
# post hidden; the team answered the circle's report on the members' post, and warned the member.
SAFETY_WORDS: dict[str, frozenset[str]] = {
    "CANARY-report-note": TEAM | {"insider"},
    "CANARY-answered-note": TEAM | {"circle"},
    "CANARY-answer": TEAM | {"circle"},
    "CANARY-reason": TEAM | {"insider"},
    "CANARY-warning": TEAM | {"member"},
}
# What stands at the door: an answer of the outsider who waits, a no to the maker, a member's note on a link, the guidelines.
DOOR: dict[str, frozenset[str]] = {
    "answer": TEAM | {"outsider"},
    "no": TEAM | {"maker"},
    "label": TEAM | {"member"},
    "guidelines": EVERYBODY,
}
LISTED_FIELDS = ("title", "teaser", "tag", "byline", "needs")
READABLE_FIELDS = ("body", "alt", "filename")
# Under whose post a comment stands with a canary, and who reads it there; under what is not out nothing is said.
COMMENTS: dict[str, frozenset[str]] = {
    "public": EVERYBODY,
    "members": MEMBERS,
    "insiders": INSIDERS,
    "circle": CIRCLES,
    "table": CIRCLES,
    "opened": EVERYBODY,
    "opening": INSIDERS,
    "passed": INSIDERS | {"outsider"},
    "hidden": frozenset({"owner", "staff"}),  # its author, on the page where one edits one's own, and the desk
    "removed": frozenset({"staff"}),  # the desk: a comment is not gone because the post above it is
}
# Comments under the public post: what became of them, and who still reads their words.
FATES: dict[str, frozenset[str]] = {
    "stood-hidden": TEAM | {"insider"},
    "stood-removed": frozenset(),
    "stood-before": TEAM,
}
# Rooms: (who may know of one, who reads and hears it), by hand as above. "made" was opened by who is a plain member now: a
# room is nobody's own. "shut-down" was closed: nobody reads it, at the desk neither.
ROOMS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "public": (EVERYBODY, EVERYBODY),
    "members": (EVERYBODY, MEMBERS),
    "insiders": (EVERYBODY, INSIDERS),
    "circle": (INSIDERS, CIRCLES),
    "passed": (EVERYBODY, INSIDERS | {"outsider"}),
    "made": (INSIDERS, CIRCLES),
    "shut-down": (frozenset(), frozenset()),
}
# What the insider said in the public room: what became of it, and who still reads its words.
SPOKEN: dict[str, frozenset[str]] = {
    "spoken-hidden": TEAM | {"insider"},
    "spoken-removed": frozenset(),
    "spoken-before": TEAM,
    "spoken-after": EVERYBODY,
}

# What people say to each other: a conversation of the member and the insider, what the member reported out of it, and one of four
# that the circle left.
DIRECT: dict[str, frozenset[str]] = {
    "between": frozenset({"member", "insider"}),
    "handed-over": TEAM | {"member", "insider"},
    "left-behind": frozenset({"member", "insider", "lapsed"}),
}
# Files, by the message on which they hang, and what was handed in and never sent: who reads their names and what they show.
ENCLOSED: dict[str, frozenset[str]] = {
    **{audience: readers for audience, (_listed, readers) in ROOMS.items()},
    "spoken-hidden": TEAM | {"insider"},
    "spoken-removed": frozenset(),
    "spoken-before": EVERYBODY,
    "spoken-after": EVERYBODY,
    **DIRECT,
    "waiting": frozenset({"insider"}),
}
# Topics, by the room that they are in: their names are whoever's who reads there.
TOPICS: dict[str, frozenset[str]] = {"public": EVERYBODY, "circle": CIRCLES}


def words_of_files() -> dict[str, frozenset[str]]:
    """What a picture shows is said when it is sent: the one that waits has only a name."""
    said = {canary(name, "file"): readers for name, readers in ENCLOSED.items()}
    return said | {canary(name, "shows"): readers for name, readers in ENCLOSED.items() if name != "waiting"}


def canary(audience: str, name: str) -> str:
    return f"CANARY-{audience}-{name}-x7"


@dataclass
class House:
    """The planted community, its viewers by name, and the posts by audience."""

    place: Community
    people: dict[str, Any]
    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)


def every_address_of(file: File) -> list[str]:
    return [file.url, *(f"/f/{file.token}/{width}.webp" for width in file.widths)]


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (450, 300), (120, 60, 30)).save(out, "PNG")
    return out.getvalue()


def plant(house: House) -> House:
    """One post an audience, each with a canary in every field that it has."""
    now = timezone.now()
    ago, soon = now - dt.timedelta(days=2), now + dt.timedelta(days=2)
    spec: dict[str, dict[str, Any]] = {
        "public": {},
        "members": {"rung": 10},
        "insiders": {"rung": 20},
        "circle": {"rung": 30},
        "table": {"rung": 30, "space": "table"},
        "opened": {"rung": 30, "openings": ((0, now - dt.timedelta(days=1)),)},
        "opening": {"rung": 30, "openings": ((20, now - dt.timedelta(days=1)), (0, soon))},
        "passed": {"rung": 20},
        "draft": {},
        "bench-draft": {"space": "bench", "author": "member"},
        "scheduled": {"opens_at": soon},
        "hidden": {"space": "bench", "author": "insider"},
        "removed": {},
    }
    for audience, how in spec.items():
        house.posts[audience] = _post(house, audience, opens_at=how.pop("opens_at", ago), **how)
    Pass.objects.create(
        user=house.people["outsider"], kind=Post.KIND, object_id=house.posts["passed"].pk, source="invitation"
    )
    _talk(house)
    _open_rooms(house)
    _write_to_each_other(house)
    hide(viewer_for(house.people["moderator"], house.place), obj=house.posts["hidden"], reason="CANARY-reason")
    remove_post(viewer_for(house.people["owner"], house.place), post=house.posts["removed"])
    _work_on(house)
    _report(house)
    return house


def _report(house: House) -> None:
    """Two reports with words in them, one of them answered, and a warning."""

    def viewer(who: str) -> Viewer:
        return viewer_for(house.people[who], house.place)

    public, members = (house.posts[name].pk for name in ("public", "members"))
    file_report(viewer("insider"), kind="post", object_id=public, reason="rude", note="CANARY-report-note")
    file_report(viewer("circle"), kind="post", object_id=members, reason="spam", note="CANARY-answered-note")
    decide(viewer("moderator"), kind="post", object_id=members, decision="fine", reason="CANARY-answer")
    seat = Member.objects.get(user=house.people["member"], community=house.place)
    warn_member(viewer("moderator"), member=seat, words="CANARY-warning")


def plant_door(house: House) -> None:
    """The place lets in by hand; everybody agreed to its guidelines, one waits, one was turned down, one invited somebody."""
    boss, member = (viewer_for(house.people[name], house.place) for name in ("owner", "member"))
    change_community(boss, community=house.place, join_mode="request")
    write_guidelines(boss, community=house.place, source=canary("door", "guidelines"))
    Member.objects.update(agreed=1)
    waits = {"community": house.place, "answers": [["Why?", canary("door", "answer")]]}
    JoinRequest.objects.create(user=house.people["outsider"], **waits)
    no = JoinRequest.objects.create(user=house.people["maker"], community=house.place)
    decline_request(boss, request=no, note=canary("door", "no"))
    soon = timezone.now() + dt.timedelta(days=7)
    make_invitation(member, community=house.place, label=canary("door", "label"), max_uses=1, expires_at=soon)


def _post(house: House, audience: str, *, space: str = "journal", author: str = "owner", **how: Any) -> Post:
    person = house.people[author]
    viewer = viewer_for(person, house.place)
    post = start_draft(
        viewer,
        space=Space.objects.get(community=house.place, slug=space),
        kind="lesson",
        title=canary(audience, "title"),
        teaser=canary(audience, "teaser"),
        details={"needs": canary(audience, "needs")},
    )
    file = take_image(
        community=house.place,
        uploader=person,
        parent_kind=Post.KIND,
        parent_id=post.pk,
        upload=picture(),
        name=canary(audience, "filename") + ".png",
        alt=canary(audience, "alt"),
    )
    save_draft(viewer, post=post, rev=post.rev, source=f"{canary(audience, 'body')}\n\n![{file.alt}]({file.url})")
    set_tags(post, [canary(audience, "tag")])
    set_bylines(post, [(canary(audience, "byline"), None)])
    if "draft" not in audience:
        post = publish_post(viewer, post=post, rung=how.pop("rung", 0), **how)
    return post


def _talk(house: House) -> None:
    """A comment under each post that is or was out, and three under the public one that did not stay as they were."""
    for audience in COMMENTS:
        house.comments[audience] = say(house, "owner", house.posts[audience], canary(audience, "comment"))
    for fate in FATES:
        house.comments[fate] = say(house, "insider", house.posts["public"], canary("public", fate))
    hidden, removed, before = (house.comments[fate] for fate in FATES)
    viewer = viewer_for(house.people["insider"], house.place)
    say(house, "member", house.posts["public"], "An answer to what goes.", answers=removed)
    say(house, "member", house.posts["public"], "An answer to what is hidden.", answers=hidden)
    hide(viewer_for(house.people["moderator"], house.place), obj=hidden, reason="CANARY-reason")
    remove_comment(viewer, comment=removed)
    about = thing("post", house.posts["public"].pk, viewer)
    assert about is not None
    edit_comment(viewer, comment=before, about=about, body="It says something else now.")


def say(house: House, who: str, post: Post, body: str, answers: Comment | None = None) -> Comment:
    viewer = viewer_for(house.people[who], house.place)
    about = thing(Post.KIND, post.pk, viewer)
    assert about is not None
    return write_comment(viewer, place=house.place, about=about, body=body, answers=answers)


def _open_rooms(house: House) -> None:
    """A room an audience with a message in it, and four messages in the public one that did not stay as they were."""
    boss, insider = (viewer_for(house.people[name], house.place) for name in ("owner", "insider"))
    rungs = {"members": (10, 0), "insiders": (20, 0), "circle": (30, 20), "passed": (20, 0), "made": (30, 20)}
    for audience in ROOMS:
        reads, knows = rungs.get(audience, (0, 0))
        words = {"name": canary(audience, "room"), "about": canary(audience, "about"), "slug": f"room-{audience}"}
        room = Room(community=house.place, own_rung=reads, own_listed_rung=knows, **words)
        house.rooms[audience] = save_room(boss, room=room)
        files = _handed(house, "owner", audience)
        house.messages[audience] = write_message(boss, room=room, body=canary(audience, "message"), files=files)
    for fate in SPOKEN:
        files = _handed(house, "insider", fate)
        body = canary("public", fate)
        house.messages[fate] = write_message(insider, room=house.rooms["public"], body=body, files=files)
    hidden, removed, before, after = (house.messages[fate] for fate in SPOKEN)
    hide(viewer_for(house.people["moderator"], house.place), obj=hidden, reason="CANARY-reason")
    remove_message(insider, message=removed)
    edit_message(insider, message=before, body="It says something else now.")
    edit_message(insider, message=after, body=f"{after.source}, still.")
    Room.objects.filter(pk=house.rooms["made"].pk).update(author=house.people["member"])
    passed = {"kind": Room.KIND, "object_id": house.rooms["passed"].pk, "source": "invitation"}
    Pass.objects.create(user=house.people["outsider"], **passed)
    close_room(boss, room=house.rooms["shut-down"])


def _handed(house: House, who: str, name: str) -> list[Enclosed]:
    """A picture with words, to go along with a message of that name."""
    about = {"community": house.place, "uploader": house.people[who], "upload": picture()}
    return [Enclosed(hand_in(name=canary(name, "file") + ".png", **about).token, canary(name, "shows"))]


def _write_to_each_other(house: House) -> None:
    """A conversation, the second message of which somebody hands over to the team; and a topic in two rooms."""
    member, insider = (viewer_for(house.people[name], house.place) for name in ("member", "insider"))
    for word in DIRECT:
        others = [house.people[name] for name in ("member", *(("lapsed", "circle") if word == "left-behind" else ()))]
        talk, files = {"place": house.place, "people": others}, _handed(house, "insider", word)
        house.messages[word] = begin_conversation(insider, body=canary("direct", word), files=files, **talk)
    behind = house.messages["left-behind"].room
    leave_conversation(viewer_for(house.people["circle"], house.place), room=behind)
    _handed(house, "insider", "waiting")
    bad = house.messages["handed-over"]
    file_report(member, kind=Message.KIND, object_id=bad.pk, reason="rude", note="")
    boss = viewer_for(house.people["owner"], house.place)
    for audience in TOPICS:
        message = house.messages[audience]
        house.topics[audience] = put_into_topic(boss, message=message, title=canary(audience, "topic"))
        house.topics[audience].room = house.rooms[audience]


def _work_on(house: House) -> None:
    """Unsaved edits of a public post: nobody's but the writer's until they go out."""
    viewer = viewer_for(house.people["owner"], house.place)
    post = house.posts["public"]
    words = {"title": canary("working", "title"), "teaser": canary("working", "teaser")}
    save_draft(viewer, post=post, rev=post.rev, source=canary("working", "body"), **words)


def describe_people(house: House) -> None:
    """Four people with a canary in every field, each for another circle."""
    tellers = {"for-public": "moderator", "for-members": "insider", "for-team": "circle", "for-me": "owner"}
    for circle, name in tellers.items():
        user = house.people[name]
        words = {field: canary(circle, field) for field in ("pronouns", "work", "place")}
        words["website"] = f"https://{circle}.example/{canary(circle, 'website')}"
        seen_by = dict.fromkeys(Profile.FIELDS, circle.removeprefix("for-"))
        change_profile(user, bio=canary(circle, "bio"), words=words, seen_by=seen_by)


def plant_tier(boss: Any, place: Community, holder: Member) -> None:
    """One that is open, with a price, a promise, and somebody who holds it: all of it public but for who that is."""
    words = {"why": "For the drums.", "what": "Recipes.", "how": "The rent."}
    tier = save_tier(boss, community=place, name="Patron", level=20, **words)
    for amount in (500, 600):
        set_price(boss, tier=tier, interval="month", currency="eur", amount=amount)
    save_benefit(boss, tier=tier, text="A recipe", every="month", since=dt.date(2026, 1, 31))
    open_tier(boss, tier=tier)
    give_tier(boss, member=holder, tier=tier, ends=None, reason="CANARY-reason")


def fall(person: Any, place: Community, *, standing: str) -> None:
    Member.objects.filter(user=person, community=place).update(standing=standing)


ADDRESS = re.compile(
    rb"""(?:href|src|action|data-[a-z-]+|content)=["']((?:https?:/)?[/?][^"'<>\s]*)["']|srcset=["']([^"']+)["']|<loc>([^<]+)</loc>"""
)
# The admin's filters and orders show the rows that its plain lists show; there would be no end to them. Nor to the doors
# of the house, each once for every page that one may want to come back to.
STAYS_OUT = re.compile(r"/(logout|static|admin/jsi18n)/?|^/admin/.*/(add|delete)/|^/(admin|accounts)/.*\?")


@dataclass
class Crawl:
    """Every byte that one browser could get by following links and by the addresses it was given."""

    browser: Client
    most: int = 1200
    pages: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def run(self, starts: list[str]) -> "Crawl":
        queue = list(starts)
        while queue and len(self.pages) < self.most:
            address = queue.pop(0)
            if address in self.pages:
                continue
            response = self.browser.get(address)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            head = "".join(f"{name}: {value}\n" for name, value in response.items()).encode()
            self.pages[address] = (response.status_code, head + body)
            queue += [found for found in self._links(address, response, body) if found not in self.pages]
        assert len(self.pages) < self.most, ("the crawl did not come to an end", sorted(self.pages)[:: self.most // 40])
        return self

    def _links(self, base: str, response: Any, body: bytes) -> Iterator[str]:
        if "Location" in response:
            yield from self._ours(base, response["Location"])
        if not response.get("Content-Type", "").startswith(("text/html", "application/", "text/xml")):
            return
        for plain, several, loc in ADDRESS.findall(body):
            for raw in (
                [plain, loc] if plain or loc else [part.split()[0] for part in several.split(b",") if part.split()]
            ):
                yield from self._ours(base, unescape(raw.decode("utf-8", "replace")))

    def _ours(self, base: str, raw: str) -> Iterator[str]:
        whole = urlsplit(urljoin("http://localhost:8000" + base, raw))
        if whole.scheme in ("http", "https") and whole.hostname in ("localhost", "testserver") and whole.path:
            address = whole.path + (f"?{whole.query}" if whole.query else "")
            if not STAYS_OUT.search(address):
                yield address

    def holds(self, word: str) -> list[str]:
        """Where this word was found: in a page that gave it, whatever its status."""
        needle = word.encode()
        return [address for address, (_status, data) in self.pages.items() if needle in data]


def client_for(person: Any, client_of: Callable[[Any], Client]) -> Client:
    return client_of(person if person is not None else AnonymousUser())


def suspended(people: dict[str, Any], place: Community) -> None:
    fall(people["suspended"], place, standing=Standing.SUSPENDED)
