"""The seeded demo: who is there, what they may do, who reads which post, and that nothing is announced or made twice."""

from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from communities.access.models import Opening
from communities.access.rules import Sight, sight
from communities.access.viewer import viewer_for
from communities.activity.models import Activity, Delivery
from communities.comments.models import Comment, Revision, Thread
from communities.discussion.models import Message
from communities.files import store
from communities.files.models import File
from communities.members.actions import rung_now
from communities.members.guidelines import current, has_accepted, must_accept
from communities.members.models import Invitation, JoinRequest, Member, Seen, Visit
from communities.members.questions import asked_by
from communities.members.topics import reasons_for
from communities.notifications.models import Notification
from communities.people.models import User
from communities.reactions.models import Reaction
from communities.safety.models import Act, Report
from communities.spaces.models import Community, Rung, Space, Topic
from config.demo.seed import seed
from content.posts.actions import announce_opened
from content.posts.models import Post
from memberships.billing.models import Coupon
from memberships.tiers.models import Ask, Gift, Pool, Tier, Use
from memberships.tiers.reading import ledger_of

HASHING = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def blank(names: Iterable[str]) -> Iterator[tuple[str, bytes, int, int]]:
    """In place of the drawings: one small sheet for all."""
    out = BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    for name in names:
        yield name, out.getvalue(), 60, 40


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, int]]:
    """Seeded once for this module, and rolled back after it."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=HASHING, MEDIA_ROOT=media):
            counts = seed(blank)
        yield {**counts, "media": media}  # type: ignore[dict-item]
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def house(seeded: dict[str, int], db: None, settings: Any) -> None:
    settings.MEDIA_ROOT = seeded["media"]
    settings.DEMO = True


def who(name: str) -> Any:
    return User.objects.get(email=f"{name}@demo.example") if name else AnonymousUser()


def test_everybody_is_there_once(seeded: dict[str, int]) -> None:
    assert {key: seeded[key] for key in ("people", "members", "posts", "pictures")} == {
        "people": 67,
        "members": 68,
        "posts": 79,
        "pictures": 81,
    }
    assert User.objects.count() == 67
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 67


@pytest.mark.parametrize(
    ("name", "community", "role", "rung"),
    [
        ("owner", "demo", "owner", 10),
        ("staff", "demo", "moderator", 10),
        ("circle", "demo", "member", 30),
        ("insider", "demo", "member", 20),
        ("member", "demo", "member", 10),
        ("outsider", "demo", "", 0),
        ("maker", "demo", "", 0),
        ("maker", "atelier", "owner", 10),
        ("owner", "atelier", "", 0),
        ("member", "atelier", "", 0),
        ("outsider", "atelier", "", 0),
    ],
)
def test_the_named_people_stand_where_people_script_against_them(
    name: str, community: str, role: str, rung: int
) -> None:
    viewer = viewer_for(who(name), Community.objects.get(slug=community))
    assert (viewer.role, viewer.rung) == (role, rung)


def test_all_have_the_same_password_and_only_the_moderator_enters_the_admin() -> None:
    assert len(set(User.objects.values_list("password", flat=True))) == 1
    assert authenticate(email="owner@demo.example", password="hearth-demo") == who("owner")
    assert list(User.objects.filter(is_staff=True).values_list("email", flat=True)) == ["staff@demo.example"]
    assert list(who("staff").groups.values_list("name", flat=True)) == ["moderator"]
    assert not User.objects.filter(is_superuser=True).exists()


def test_rungs_stand_on_sources_and_the_cache_agrees() -> None:
    halftone = Member.objects.filter(community__slug="demo")
    assert Counter(halftone.values_list("rung", flat=True)) == {10: 39, 20: 16, 30: 5}  # two of them have a seat
    for member in Member.objects.prefetch_related("sources"):
        assert (member.rung, member.rung_until) == rung_now(member)
        assert all(source.starts <= timezone.now() for source in member.sources.all())


def test_the_places_have_their_steps_and_spaces_and_a_way_up_without_paying() -> None:
    def steps(slug: str) -> list[tuple[int, str]]:
        return list(Rung.objects.filter(community__slug=slug).values_list("level", "slug"))

    assert steps("demo") == [(10, "member"), (20, "insider"), (30, "circle")]
    assert steps("atelier") == [(10, "member"), (20, "friend")]
    assert not Rung.objects.filter(level__gt=10, ways="").exists()
    assert list(Space.objects.filter(community__slug="demo").values_list("slug", "rung", "posting")) == [
        ("journal", 0, "team"),
        ("insiders", 20, "team"),
        ("bench", 0, "members"),
        ("table", 30, "team"),
    ]


@pytest.mark.parametrize(
    ("name", "listed", "readable"),
    [
        ("owner", 68, 68),
        ("staff", 66, 66),
        ("circle", 63, 63),
        ("insider", 63, 57),
        ("member", 63, 49),
        ("outsider", 63, 49),
        ("", 63, 49),
    ],
)
def test_every_post_is_read_by_whom_it_should_be(name: str, listed: int, readable: int) -> None:
    place = Community.objects.get(slug="demo")
    viewer = viewer_for(who(name), place)
    posts = Post.objects.filter(community=place)
    assert (posts.listed_to(viewer).count(), posts.readable_by(viewer).count()) == (listed, readable)


def test_atelier_is_one_closed_post_and_ten_open_ones() -> None:
    place = Community.objects.get(slug="atelier")
    visitor, maker = viewer_for(AnonymousUser(), place), viewer_for(who("maker"), place)
    assert Post.objects.filter(community=place).readable_by(visitor).count() == 10
    assert Post.objects.filter(community=place).readable_by(maker).count() == 11


def test_early_posts_open_step_by_step_and_never_below_their_space() -> None:
    early = Post.objects.filter(kind="early")
    assert set(early.values_list("rung", flat=True)) == {30}
    assert Opening.objects.filter(kind="post", object_id__in=early.values("pk")).count() == 6
    island = early.get(title__startswith="The map")
    place = island.community
    assert sight("post", island.pk, viewer_for(who("insider"), place)) is Sight.READABLE
    assert sight("post", island.pk, viewer_for(who("member"), place)) is Sight.LISTED
    tidal = early.get(title__startswith="Tidal")
    assert sight("post", tidal.pk, viewer_for(who("circle"), place)) is Sight.READABLE
    assert sight("post", tidal.pk, viewer_for(who("insider"), place)) is Sight.LISTED


def test_every_post_that_is_out_is_rendered_and_states_its_facts() -> None:
    for post in Post.objects.exclude(state="draft"):
        assert post.html
        assert post.words > 40
        assert post.minutes >= 1
        assert post.pictures == post.html.count("<img")
        assert "](" not in post.html
    assert not Post.objects.filter(pictures__gt=0, cover=None).exists()


def test_every_picture_has_words_and_hangs_where_it_is_shown() -> None:
    assert not File.objects.filter(alt="").exists()
    assert Counter(File.objects.values_list("parent_kind", flat=True)) == {"post": 77, "community": 4, "message": 1}
    for file in File.objects.all():
        assert store.place(file.path).stat().st_size == file.bytes
    for post in Post.objects.exclude(cover=None).select_related("cover"):
        assert (post.cover.parent_kind, post.cover.parent_id) == ("post", post.pk)
    for place in Community.objects.select_related("logo", "cover"):
        assert {place.logo.parent_id, place.cover.parent_id} == {place.pk}
    shown = Message.objects.get(attached=1)
    assert File.objects.get(parent_kind="message").parent_id == shown.pk and shown.author.handle == "duarte"


def test_the_ledger_tells_the_past_at_its_own_time_and_nothing_is_announced_again() -> None:
    rows = Activity.objects.values("verb").annotate(times=Count("pk"))
    assert {row["verb"]: row["times"] for row in rows} == {
        "community.founded": 2,
        "member.joined": 66,
        "member.onboarded": 68,
        "guidelines.written": 2,
        "guidelines.accepted": 68,
        "invitation.made": 2,
        "member.rung_changed": 21,
        "post.published": 75,
        "post.opened": 1,
        "safety.hidden": 1,
        "comment.written": 419,
        "reaction.given": 1776,
        "message.written": 62,
        "direct.written": 12,
    }
    assert Activity.objects.filter(occurred_at__gt=timezone.now()).count() == 0
    assert Activity.objects.order_by("occurred_at").first().verb == "community.founded"
    assert Delivery.objects.count() == 0
    assert announce_opened() == 0


def test_what_the_moderator_hid_stands_in_the_log_with_its_reason() -> None:
    act = Act.objects.get()
    assert (act.verb, act.actor.email, act.kind) == ("hidden", "staff@demo.example", "post")
    assert act.reason
    assert Post.objects.get(pk=act.object_id).state == "hidden"


def test_everybody_agreed_and_is_past_the_questions_and_most_said_what_they_care_about() -> None:
    halftone, atelier = Community.objects.get(slug="demo"), Community.objects.get(slug="atelier")
    assert (halftone.join_mode, atelier.join_mode) == ("open", "request")
    assert [one.text for one in asked_by(atelier)] == ["What do you make, or want to make?", "Who told you about us?"]
    for place in (halftone, atelier):
        assert (place.guidelines_version, current(place).version) == (1, 1)
        people = User.objects.filter(memberships__community=place)
        assert all(has_accepted(person, place) for person in people)
        assert not any(must_accept(viewer_for(person, place)) for person in people)
    assert not Member.objects.filter(onboarded_at=None).exists()
    kinds = Counter(Topic.objects.filter(community=halftone).values_list("kind", flat=True))
    assert kinds == {"interest": 6, "challenge": 5}
    tags = set(Post.objects.filter(community=halftone, state="published").values_list("tags__slug", flat=True))
    assert set(Topic.objects.filter(community=halftone).values_list("slug", flat=True)) <= tags
    answered = Member.objects.filter(community=halftone, topics__isnull=False).distinct().count()
    assert 40 <= answered < 60
    mira = Member.objects.get(community=halftone, user=who("member"))
    assert [slug for slug, _label, _kind in reasons_for(mira)] == ["ink", "paper", "register"]
    waits = JoinRequest.objects.get(community=atelier, state="asked")
    assert [question for question, _answer in waits.answers] == [one.text for one in asked_by(atelier)]
    assert not JoinRequest.objects.filter(user=who("outsider")).exists()
    for link in Invitation.objects.all():
        assert link.used == link.members.count() > 0


def test_the_last_sixty_days_have_visits_and_nobody_came_before_joining() -> None:
    days = set(Visit.objects.values_list("day", flat=True))
    assert len(days) == 60
    assert Visit.objects.count() > 800
    for row in [*Visit.objects.select_related("member"), *Seen.objects.select_related("member")]:
        assert row.day > row.member.joined_at.date()
    closed = Seen.objects.filter(object_id__in=Post.objects.exclude(state="published").values("pk"))
    assert not closed.exists()


def test_a_second_call_says_that_it_is_there_and_changes_nothing() -> None:
    said = StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue() == "The demo is there already.\n"
    assert (User.objects.count(), Post.objects.count(), File.objects.count()) == (67, 79, 82)


def test_outside_demo_mode_it_is_refused(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="HEARTH_MODE=demo"):
        call_command("seed_demo")


def test_people_talk_and_something_waits_for_the_team() -> None:
    comments = Comment.objects.all()
    assert Counter(comments.values_list("state", flat=True)) == {"published": 417, "removed": 2}
    assert Revision.objects.count() == 10
    assert Reaction.objects.count() == 1776
    for thread in Thread.objects.all():
        numbers = list(comments.filter(thread=thread).order_by("created_at", "number").values_list("number", flat=True))
        assert numbers == list(range(1, thread.last + 1))
        assert thread.count == comments.filter(thread=thread, state="published").count()
    assert not comments.filter(created_at__gt=timezone.now()).exists()
    assert JoinRequest.objects.filter(state="asked").count() == 1
    assert Report.objects.filter(state="open").count() == 2
    unanswered = comments.order_by("thread", "-number").filter(by_team=False, thread__spoken_at=F("created_at"))
    assert unanswered.count() >= 5


def test_everybody_reads_the_news_of_what_they_may_read() -> None:
    news = Notification.objects.filter(seen_at__isnull=True)
    assert news.exists()
    assert Notification.objects.filter(user=F("actor")).count() == 0
    assert User.objects.get(email="owner@demo.example").has_news


def test_an_offer_a_gift_and_a_row_for_seats_are_there() -> None:
    assert set(Coupon.objects.values_list("code", flat=True)) == {"FIRSTINK", "COMEBACK", "SUMMER"}
    assert Gift.objects.get().taken_at is None
    assert (Pool.objects.get().taken, Counter(Ask.objects.values_list("state", flat=True))) == (
        2,
        {"served": 2, "waiting": 2},
    )


def test_what_is_offered_says_why_and_one_promise_is_late() -> None:
    tiers = Tier.objects.order_by("community__slug", "level")
    assert [tier.name for tier in tiers] == ["Friend of the kiln", "Insider", "Inner Circle"]
    assert all(tier.why and tier.what and tier.how and tier.state == "open" for tier in tiers)
    place = Community.objects.get(slug="demo")
    late = [
        ledger_of(tier, viewer_for(AnonymousUser(), place), place).overdue for tier in tiers.filter(community=place)
    ]
    assert late == [1, 0]
    for place in Community.objects.all():
        assert sum(Use.objects.filter(community=place).values_list("share", flat=True)) == 10_000
