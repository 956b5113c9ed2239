"""Gated model x audience x viewer x surface: nobody gets a byte too much, nobody who may read is turned away.

The test of the test: an address, mail or subscriber that no list below names fails the suite.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from communities.access.models import Block, Opening
from communities.access.rules import gated_models
from communities.access.viewer import viewer_for
from communities.activity.registry import SUBSCRIBERS
from communities.comments.models import Comment, Thread
from communities.comments.telling import doors as talk_doors
from communities.discussion.models import Marker, Message, MessageRevision, Room, Topic, TopicMark
from communities.discussion.telling import doors
from communities.files.models import WAITING, File
from communities.members.actions import end_rung, grant_rung
from communities.members.models import Invitation, JoinRequest, Member, RungSource
from communities.safety.models import Act, Mute, Report
from communities.spaces.models import Community, Rung, Space
from config.bootstrap import ROOT
from content.posts.models import Post
from memberships.billing.models import Coupon
from memberships.tiers.models import Benefit, Due, Grant, Price, Tier, Use
from tests.conftest import make_member, make_user
from tests.desk import rows_of_everything
from tests.legs import take
from tests.matrix import (
    AUDIENCES,
    COMMENTS,
    DIRECT,
    DOOR,
    EVERYBODY,
    FATES,
    LISTED_FIELDS,
    MEMBERS,
    PROFILE_FIELDS,
    PROFILES,
    READABLE_FIELDS,
    ROOMS,
    SAFETY_WORDS,
    SPOKEN,
    TEAM,
    TOPICS,
    Crawl,
    House,
    canary,
    client_for,
    describe_people,
    every_address_of,
    plant,
    plant_door,
    plant_tier,
    suspended,
    words_of_files,
)

pytestmark = pytest.mark.django_db

# Address name -> what it is to this matrix. "crawl": everybody may ask; what comes back is searched for canaries.
# "fixed": the same for everybody. "own": asks for an account and shows one's own. "writes": takes POST only.
# "demo": exists in demo mode only. "of oneself": takes POST only, from whoever is signed in, about themselves.
# A set: the viewers for whom the page exists, everybody else gets the 404 (or sign-in).
WRITERS = frozenset({"owner", "moderator", "member", "insider", "circle", "lapsed"})
SURFACES: dict[str, str | frozenset[str]] = {
    **dict.fromkeys(("healthz", "readyz", "metrics", "posts:robots", "ui:face"), "fixed"),
    **dict.fromkeys(("ui:look", "posts:home", "posts:stream", "posts:short", "posts:detail"), "crawl"),
    **dict.fromkeys(("posts:atom", "posts:rss", "posts:atom_of_all", "posts:rss_of_all"), "crawl"),
    **dict.fromkeys(("posts:sitemap", "posts:sitemap_block", "posts:sitemap_fronts"), "crawl"),
    **dict.fromkeys(("posts:card", "posts:card_of_place", "files:original", "files:size"), "crawl"),
    **dict.fromkeys(("members:people", "members:person"), "crawl"),
    **dict.fromkeys(("posts:seen", "posts:start", "posts:save", "posts:shown", "posts:discard"), "writes"),
    **dict.fromkeys(("posts:caught_up", "posts:suggestions", "posts:first_steps"), "writes"),
    **dict.fromkeys(("posts:upload", "posts:describe", "posts:unpublish"), "writes"),
    **dict.fromkeys(("members:grant", "members:end", "members:role"), "writes"),
    # Whoever comes by a link may know of its place: the token is the right. Its own tests are in test_invitations.
    **dict.fromkeys(("members:join", "members:invited", "members:guidelines"), "crawl"),
    **dict.fromkeys(("members:decide", "members:revoke"), "writes"),
    "members:welcome": WRITERS,
    "members:leave": WRITERS | {"suspended"},
    "members:invite": WRITERS | {"staff"},
    "members:requests": TEAM,
    **dict.fromkeys(("members:questions", "members:write_guidelines", "members:topics"), frozenset({"owner"})),
    **dict.fromkeys(("mail:list", "mail:detail", "mail:html"), "demo"),
    **dict.fromkeys(("people:me", "people:face", "people:again"), "own"),
    "people:end_session": "writes",
    "members:here": WRITERS,
    # The bell is one's own, but tells of what others wrote: tests/communities/notifications/test_matrix.py
    **dict.fromkeys(("notifications:news", "notifications:settings"), "own"),
    # A way out of a mail is for whoever holds the link, the same for everybody; the others change one's own rows alone.
    **dict.fromkeys(("notifications:stop", "notifications:confirm"), "fixed"),
    **dict.fromkeys(("notifications:seen", "notifications:letter"), "of oneself"),
    **dict.fromkeys(("reactions:react", "comments:comment"), "crawl"),
    **dict.fromkeys(("comments:write", "comments:close", "comments:remove", "comments:preview"), "writes"),
    # Whom one may mean who writes there; whom nobody is told: tests/communities/comments/test_suggesting.py
    "comments:people": WRITERS | {"staff"},
    "discussion:people": WRITERS,
    "comments:edit": frozenset({"insider"}),
    "comments:history": TEAM,
    **dict.fromkeys(("discussion:rooms", "discussion:room", "discussion:message"), "crawl"),
    "discussion:level": "crawl",
    **dict.fromkeys(("discussion:topics", "discussion:topic"), "crawl"),
    "search:search": "crawl",  # each question and each count: tests/content/search/test_matrix.py
    **dict.fromkeys(("discussion:write", "discussion:remove", "discussion:close_room"), "writes"),
    "discussion:preview": "writes",
    "discussion:write_in_topic": "writes",
    **dict.fromkeys(("discussion:read", "discussion:read_topic"), "of oneself"),
    **dict.fromkeys(("discussion:messages", "discussion:begin", "discussion:files"), MEMBERS),
    "discussion:leave": DIRECT["left-behind"],
    "discussion:put_into_topic": MEMBERS,
    "discussion:rename_topic": TEAM,
    "discussion:edit": frozenset({"insider"}),
    **dict.fromkeys(("discussion:history", "discussion:act"), TEAM),
    **dict.fromkeys(("discussion:manage", "discussion:new_room", "discussion:edit_room"), frozenset({"owner"})),
    # Everything about oneself, and leaving: tests/communities/people/test_export*.py and test_leaving.py ask each of them.
    **dict.fromkeys(("people:data", "people:data_file", "people:leave", "people:stay"), "own"),
    **dict.fromkeys(("tiers:staircase", "tiers:ledger"), "crawl"),
    **dict.fromkeys(("tiers:studio", "tiers:new", "tiers:edit"), frozenset({"owner"})),
    **dict.fromkeys(("tiers:uses", "tiers:state", "tiers:price", "tiers:end_price", "tiers:benefit"), "writes"),
    **dict.fromkeys(("tiers:end_benefit", "tiers:deliver", "tiers:give", "tiers:take_back"), "writes"),
    # One's own money: tests/memberships/billing asks each of them. The messages are Stripe's, by its signature.
    **dict.fromkeys(("billing:money", "billing:portal", "billing:checkout", "billing:paid"), "own"),
    **dict.fromkeys(("billing:change", "billing:stop", "billing:resume", "billing:receipt"), "own"),
    "billing:webhook": "fixed",
    **dict.fromkeys(("billing:earnings", "billing:buyers", "billing:tell_price"), frozenset({"owner"})),
    **dict.fromkeys(("billing:statement", "billing:statement_file"), frozenset({"owner"})),
    # Giving and asking are one's own: test_giving.py and test_seats.py ask each of them; a gift is for whoever holds its link.
    **dict.fromkeys(("billing:give", "billing:given", "billing:bill", "tiers:seats", "tiers:withdraw"), "own"),
    "tiers:gift": "fixed",
    **dict.fromkeys(("billing:offers", "tiers:waiting"), frozenset({"owner"})),
    "billing:archive_offer": "writes",
    **dict.fromkeys(("safety:my_reports", "safety:standing", "safety:blocks"), "own"),
    **dict.fromkeys(("safety:end_block", "safety:mutes", "safety:end_mute"), "of oneself"),
    **dict.fromkeys(("safety:reports", "safety:case", "safety:log", "safety:take_back"), TEAM),
    "safety:report": EVERYBODY - {"visitor"},  # of the public post
    "safety:report_person": EVERYBODY - {"visitor"},  # of the plain member
    "members:found": frozenset({"owner"}),
    "posts:new": WRITERS,
    "posts:studio": TEAM,
    "members:list": TEAM,
    "members:member": TEAM,
    **dict.fromkeys(("spaces:look", "spaces:spaces", "spaces:new_space", "spaces:space"), frozenset({"owner"})),
    **dict.fromkeys(("spaces:new_rung", "spaces:rung"), frozenset({"owner"})),
    # A post's desk is its author's and, but for drafts, the owner's; here it is asked for with the public post.
    **dict.fromkeys(("posts:write", "posts:preview", "posts:preview_raw", "posts:remove"), frozenset({"owner"})),
}
# Whole namespaces that ask for themselves: Django's admin (its own matrix in tests/config) and allauth's pages.
NAMESPACES = ("admin:", "account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_", "unnamed social/")
# Mails tell of one's own account only.
MAILS = {
    *{"account_closing", "account_closed", "closing_waits", "export_ready"},
    *{"account_changed", "account_exists", "account_unknown", "address_again", "address_confirm", "login_code"},
    "password_reset",
    # Tells of what others wrote: crossed with every audience in tests/communities/notifications/test_matrix.py
    "news",
}
HEARERS: set[str] = {"members.line", "notify", "search"}


def names_of(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names_of(pattern.url_patterns, prefix + space)
        elif isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or f"unnamed {pattern.pattern}")


def test_every_address_is_a_surface_of_this_matrix() -> None:
    names = {name for name in names_of(get_resolver().url_patterns) if not name.startswith(NAMESPACES)}
    assert names == set(SURFACES)


def test_every_mail_is_a_surface_of_this_matrix() -> None:
    """A mail that tells of somebody's text has to ask access when it is made and when it is sent."""
    mails = {path.stem for path in (ROOT / "templates" / "mail").rglob("*.txt") if path.stem != "base"}
    assert mails == MAILS


def test_every_subscriber_is_known_to_this_matrix() -> None:
    assert set(SUBSCRIBERS) == HEARERS


def test_every_gated_model_is_planted() -> None:
    assert [model.KIND for model in gated_models()] == ["room", "post"]


@pytest.fixture
def house(demo: Community, owner: Any, moderator: Any, circle: Any, insider: Any, member: Any, outsider: Any) -> House:
    people = {
        "visitor": AnonymousUser(),
        "outsider": outsider,
        "member": member,
        "insider": insider,
        "circle": circle,
        "suspended": make_member(demo, "suspended", level=30),
        "lapsed": make_member(demo, "lapsed"),
        "moderator": moderator,
        "owner": owner,
    }
    people["staff"] = make_user("staff", is_staff=True)
    people["staff"].groups.add(Group.objects.get_or_create(name="moderator")[0])
    people["maker"] = make_user("maker")
    planted = plant(House(place=demo, people=people))
    plant_door(planted)
    suspended(people, demo)
    describe_people(planted)
    boss, lapsed = viewer_for(owner, demo), Member.objects.get(user=people["lapsed"])
    grant_rung(boss, member=lapsed, level=30, reason="for the test")
    end_rung(boss, member=lapsed)
    plant_tier(boss, demo, Member.objects.get(user=people["circle"]))
    Coupon.objects.create(community=demo, code="SPRING", percent=50)
    assert set(people) == EVERYBODY
    return planted


def starts(house: House) -> list[str]:
    """The doors, and straight addresses of everything planted, as somebody would who was sent a link."""
    here = house.place.slug
    found = ["/", f"/c/{here}/", reverse("posts:atom", args=[here]), reverse("posts:rss", args=[here]), "/sitemap.xml"]
    for post in house.posts.values():
        found += [reverse("posts:short", args=[here, post.pk]), reverse("posts:detail", args=[here, post.pk, "guess"])]
        desk = [
            reverse(f"posts:{page}", args=[here, post.pk]) for page in ("write", "preview", "preview_raw", "remove")
        ]
        found += [*desk, *(f"{desk[2]}?as={who}" for who in ("visitor", "member", "insider", "circle", "20"))]
        found.append(reverse("posts:card", args=[here, post.pk]))
        found += [reverse("reactions:react", args=[here, Post.KIND, post.pk]), f"{post.url}?by=team"]
        found.append(f"{reverse('comments:people', args=[here, Post.KIND, post.pk])}?q=c")
    for row in house.comments.values():
        found += [reverse(f"comments:{page}", args=[here, row.pk]) for page in ("comment", "edit", "history")]
        found += [f"{house.posts['public'].url}?{word}={row.pk}" for word in ("quote", "answer")]
        found.append(reverse("reactions:react", args=[here, Comment.KIND, row.pk]))
    found += [reverse("discussion:rooms", args=[here]), reverse("discussion:manage", args=[here])]
    for room in house.rooms.values():
        found += [room.url, f"{room.url}?at=1", reverse("discussion:edit_room", args=[here, room.pk])]
        found.append(f"{room.url}people/?q=c")
        found += [f"{room.url}1/", f"{room.url}level/", reverse("safety:report", args=[here, Room.KIND, room.pk])]
    for topic in house.topics.values():
        found += [topic.url, f"{topic.url}name/", f"{topic.room.url}topics/"]
    between = house.messages["between"].room.url
    found += [between, f"{between}?at=1", reverse("discussion:messages", args=[here])]
    behind = house.messages["left-behind"].room.url
    found += [behind, f"{behind}?at=1", f"{behind}leave/"]
    found += [f"{reverse('discussion:begin', args=[here])}?to=@insider", reverse("safety:reports", args=[here])]
    for message in house.messages.values():
        found += [message.url, f"{message.url}edit/", f"{message.url}history/", f"{message.url}act/"]
        found += [reverse(name, args=[here, Message.KIND, message.pk]) for name in ("reactions:react", "safety:report")]
        found.append(reverse("safety:case", args=[here, Message.KIND, message.pk]))
    waiting = urlencode({"files": File.objects.filter(parent_kind=WAITING).values_list("token", flat=True)}, doseq=True)
    found.append(f"{reverse('discussion:files', args=[here])}?{waiting}")
    found += [f"/c/{here}/search/", f"/c/{here}/search/?q=canary", f"/c/{here}/search/?q=canary&kind=member"]
    found += [f"/c/{here}/people/", *(f"/c/{here}/people/{name}/" for name in sorted(EVERYBODY - {"visitor"}))]
    found += [f"/c/{here}/people/?place=canary-{circle}" for circle in PROFILES]
    pages = ("join", "guidelines", "welcome", "invite", "requests", "questions", "write_guidelines", "topics")
    found += [reverse(f"members:{page}", args=[here]) for page in pages]
    found += [one for file in File.objects.all() for one in every_address_of(file)]
    return [*found, "/me/reports/", "/me/standing/", "/me/blocks/"]


def test_each_viewer_gets_exactly_what_the_table_says(house: House, client_of: Callable[[Any], Client]) -> None:
    """Both directions: no byte too much (and nobody else's e-mail address), and nothing missing for whoever may read it.

    D01: and looking at all of it changes no row but that they were here today. Where the suite runs on two databases at once
    each viewer walks through one of them: what a database answers is compared in tests of its own.
    """
    leaks, denials, changed = [], [], set()
    for who in (one for one in sorted(EVERYBODY) if take(f"crawl {one}")):
        browser, addresses = client_for(house.people[who], client_of), starts(house)
        before = rows_of_everything()
        crawl = Crawl(browser).run(addresses)
        changed |= {table for table, rows in rows_of_everything().items() if rows != before[table]}
        for audience, (listed, readable) in AUDIENCES.items():
            fields = {**dict.fromkeys(LISTED_FIELDS, listed), **dict.fromkeys(READABLE_FIELDS, readable)}
            for name, allowed in fields.items():
                if audience == "working" and name not in ("title", "teaser", "body"):
                    continue
                where = crawl.holds(canary(audience, name))
                if who not in allowed and where:
                    leaks.append((who, audience, name, where[:3]))
                if who in allowed and not where:
                    denials.append((who, audience, name))
        for circle, allowed in PROFILES.items():
            for name in PROFILE_FIELDS:
                where = crawl.holds(canary(circle, name))
                leaks += [(who, circle, name, where[:3])] if where and who not in allowed else []
                denials += [(who, circle, name)] if who in allowed and not where else []
        said = {canary(audience, "comment"): readers for audience, readers in COMMENTS.items()}
        said |= {canary("public", fate): readers for fate, readers in FATES.items()}
        for audience, (listed, readers) in ROOMS.items():
            said |= {canary(audience, "room"): listed, canary(audience, "about"): listed}
            said[canary(audience, "message")] = readers
        said |= {canary("public", fate): readers for fate, readers in SPOKEN.items()}
        said |= {canary("direct", word): readers for word, readers in DIRECT.items()}
        said |= {canary(audience, "topic"): readers for audience, readers in TOPICS.items()}
        said |= words_of_files()
        for word, readers in (said | SAFETY_WORDS).items():
            if (who in readers) != bool(where := crawl.holds(word)):
                (denials if who in readers else leaks).append((who, word, where[:3]))
        for name, allowed in DOOR.items():
            where = crawl.holds(canary("door", name))
            if who not in allowed and where:
                leaks.append((who, "door", name, where[:3]))
            if who in allowed and not where:
                denials.append((who, "door", name))
        for other in house.people.values():
            if other.is_authenticated and other != house.people[who] and who != "staff":
                leaks += [(who, other.email, address) for address in crawl.holds(other.email)]
    assert leaks == [], "\n".join(map(str, leaks))
    assert denials == []
    # An address that an account has had all along gets its row when its owner looks at the page of addresses.
    assert changed <= {"members_visit", "account_emailaddress"}, changed


def test_each_room_is_heard_on_the_socket_by_exactly_whom_the_table_says(house: House) -> None:
    """`/ws/` asks these doors when somebody joins and every few seconds after; a visitor has no socket."""
    names = {user.pk: who for who, user in house.people.items() if user.is_authenticated}
    heard = {audience: {names[pk] for pk in doors({room.pk: names})[room.pk]} for audience, room in house.rooms.items()}
    assert heard == {audience: set(readers) - {"visitor"} for audience, (_listed, readers) in ROOMS.items()}
    between = house.messages["between"].room
    assert {names[pk] for pk in doors({between.pk: names})[between.pk]} == DIRECT["between"]
    behind = house.messages["left-behind"].room
    assert {names[pk] for pk in doors({behind.pk: names})[behind.pk]} == DIRECT["left-behind"]


def test_the_talk_of_each_post_is_heard_on_the_socket_by_exactly_whom_the_table_says(house: House) -> None:
    names = {user.pk: who for who, user in house.people.items() if user.is_authenticated}
    heard = {
        audience: {names[pk] for pk in talk_doors(Post, {post.pk: names})[post.pk]}
        for audience, post in house.posts.items()
    }
    silent = {"draft", "bench-draft", "scheduled", "hidden"}  # nobody talks there, whoever reads it
    wanted = {audience: set() if audience in silent else set(AUDIENCES[audience][1]) for audience in heard}
    assert heard == {audience: readers - {"visitor"} for audience, readers in wanted.items()}


def test_each_file_answers_by_its_post(house: House, client_of: Callable[[Any], Client]) -> None:
    """200 where the post is readable, 403 where it is listed, 404 where it is not known."""
    wrong = []
    for who in sorted(EVERYBODY):
        browser = client_for(house.people[who], client_of)
        for audience, post in house.posts.items():
            listed, readable = AUDIENCES[audience]
            expected = 200 if who in readable else 403 if who in listed else 404
            for file in File.objects.filter(parent_kind=Post.KIND, parent_id=post.pk):
                for address in every_address_of(file):
                    got = browser.get(address).status_code
                    if got != expected:
                        wrong.append((who, audience, address, got, expected))
    assert wrong == []


def test_each_page_of_the_team_exists_for_exactly_whom_the_table_says(
    house: House, client_of: Callable[[Any], Client]
) -> None:
    """Wherever it does not exist: signed in the one 404, signed out the way to sign-in."""
    wrong, address_of = [], addresses_of(house)
    for who in sorted(EVERYBODY):
        browser = client_for(house.people[who], client_of)
        for name, allowed in SURFACES.items():
            if isinstance(allowed, str):
                continue
            status = browser.get(address_of(name)).status_code
            expected = 200 if who in allowed else 302 if who == "visitor" else 404
            if status != expected:
                wrong.append((who, name, status, expected))
    assert wrong == []


def test_each_write_is_refused_to_whoever_may_not(house: House, client_of: Callable[[Any], Client]) -> None:
    """A visitor is sent to sign in, a stranger finds nothing, and no row changes."""
    before, address_of = fingerprint(), addresses_of(house)
    for who in ("visitor", "outsider", "suspended", "maker"):
        browser = client_for(house.people[who], client_of)
        for name in [name for name, what in SURFACES.items() if what == "writes" and name != "posts:seen"]:
            answer = browser.post(
                address_of(name),
                {"title": "Mine now", "level": 30, "role": "owner", "rev": 1, "answer": "approve"},
            )
            assert answer.status_code in ((302,) if who == "visitor" else (403, 404)), (who, name)
    assert fingerprint() == before


def addresses_of(house: House) -> Callable[[str], str]:
    """One address of each name: of the public post, of its first file, of the plain member."""
    post = house.posts["public"]
    seat = Member.objects.get(user=house.people["member"]).pk
    file = File.objects.filter(parent_kind=Post.KIND, parent_id=post.pk).first()
    assert file is not None
    tier = Tier.objects.get()
    args: dict[str, list[Any]] = {
        "people:me": [],
        "safety:report": ["demo", "post", post.pk],
        "safety:report_person": ["demo", house.people["member"].handle],
        "safety:case": ["demo", "post", post.pk],
        **{name: ["demo"] for name in ("safety:reports", "safety:log")},
        "safety:take_back": ["demo", Act.objects.get(verb="hidden", kind="post").pk],
        "people:end_session": [987654321],
        **{f"comments:{name}": ["demo", "post", post.pk] for name in ("write", "close", "people")},
        **{
            f"comments:{name}": ["demo", house.comments["stood-before"].pk]
            for name in ("edit", "remove", "history", "preview")
        },
        **{f"discussion:{name}": ["demo"] for name in ("manage", "new_room")},
        **{f"discussion:{name}": ["demo", house.rooms["public"].pk] for name in ("edit_room", "close_room")},
        **{f"discussion:{name}": ["demo", "room-public"] for name in ("write", "people")},
        **{name: ["demo"] for name in ("discussion:messages", "discussion:begin", "discussion:files")},
        "discussion:leave": ["demo", house.messages["left-behind"].room.slug],
        **{
            f"discussion:{name}": ["demo", "room-public", house.topics["public"].pk]
            for name in ("write_in_topic", "rename_topic")
        },
        **{
            f"discussion:{name}": ["demo", "room-public", house.messages["spoken-before"].number]
            for name in ("edit", "remove", "history", "put_into_topic", "act", "preview")
        },
        "members:found": [],
        **{name: ["demo", seat] for name in ("members:member", "members:grant", "members:end", "members:role")},
        "spaces:space": ["demo", Space.objects.filter(community=house.place).first().pk],
        "spaces:rung": ["demo", Rung.objects.filter(community=house.place).first().pk],
        "posts:describe": ["demo", post.pk, file.token],
        **{name: ["demo"] for name in ("posts:start", "posts:shown", "posts:new", "posts:studio", "members:list")},
        **{name: ["demo"] for name in ("posts:caught_up", "posts:suggestions", "posts:first_steps")},
        "people:face": [],
        **{f"tiers:{name}": ["demo"] for name in ("staircase", "studio", "new", "uses")},
        **{f"tiers:{name}": ["demo", tier.pk] for name in ("edit", "state", "price", "benefit", "give")},
        "tiers:end_price": ["demo", tier.pk, tier.prices.get(active=True).pk],
        **{f"tiers:{name}": ["demo", tier.pk, tier.benefits.get().pk] for name in ("end_benefit", "deliver")},
        "tiers:take_back": ["demo", tier.pk, tier.grants.get().pk],
        **{f"billing:{name}": ["demo"] for name in ("earnings", "buyers")},
        **{f"billing:{name}": ["demo", 2026, 1] for name in ("statement", "statement_file")},
        **{name: ["demo"] for name in ("billing:offers", "tiers:waiting")},
        "billing:archive_offer": ["demo", Coupon.objects.get().pk],
        "billing:tell_price": ["demo", Price.objects.filter(active=False).get().pk],
        "members:here": ["demo"],
        "members:decide": ["demo", JoinRequest.objects.get(state="asked").pk],
        "members:revoke": ["demo", Invitation.objects.get().pk],
        **{name: ["demo"] for name in ("members:welcome", "members:leave", "members:invite", "members:requests")},
        **{name: ["demo"] for name in ("members:questions", "members:write_guidelines", "members:topics")},
        **{name: ["demo"] for name in ("spaces:look", "spaces:spaces", "spaces:new_space", "spaces:new_rung")},
    }
    return lambda name: reverse(name, args=args.get(name, ["demo", post.pk]))


def fingerprint() -> list[Any]:
    """Everything that the writes above could have changed."""
    models = (
        Report,
        Block,
        Mute,
        Post,
        File,
        Member,
        RungSource,
        Act,
        Opening,
        Comment,
        Thread,
        Room,
        Message,
        MessageRevision,
        Marker,
        Topic,
        TopicMark,
        JoinRequest,
        Invitation,
        Tier,
        Price,
        Benefit,
        Due,
        Grant,
        Use,
        Coupon,
    )
    return [sorted(map(repr, model.objects.values_list())) for model in models]


def test_what_one_may_not_know_is_byte_for_byte_what_does_not_exist(
    house: House, client_of: Callable[[Any], Client]
) -> None:
    browser = client_for(house.people["member"], client_of)
    nowhere = browser.get("/c/demo/p/987654321/nothing/")
    for audience in ("table", "draft", "scheduled", "removed", "hidden"):
        post = house.posts[audience]
        for address in (post.url, reverse("posts:short", args=["demo", post.pk])):
            answer = browser.get(address)
            assert (answer.status_code, answer.content) == (404, nowhere.content)
            assert (browser.post(address).status_code, browser.post(address).content) == (404, nowhere.content)
    locked, open_to_all = house.posts["insiders"], house.posts["public"]
    assert browser.get(locked.url).status_code == 200
    assert [browser.post(locked.url).status_code, browser.delete(locked.url).status_code] == [403, 403]
    assert browser.post(open_to_all.url).status_code == 405
