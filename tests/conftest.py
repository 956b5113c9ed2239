"""The cast: one person of each standing around the community `demo`, a stranger's community, and their browsers."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.cache import cache, caches
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.utils import timezone

from communities.access.viewer import Viewer, viewer_for
from communities.members.actions import found_community, join_community, settle_rung
from communities.members.models import Member, Role, RungSource
from communities.people.models import User
from communities.spaces.models import Community, Rung, Space
from content.posts.actions import publish_post, start_draft
from content.posts.models import Post

INSIDER, CIRCLE = 20, 30


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Many hands at once on a busy machine wait longer for their turn than a page ever should."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "postgresql":
        options["options"] += " -c statement_timeout=120000 -c lock_timeout=120000"
    else:
        options["timeout"] = 120


@pytest.fixture(scope="session", autouse=True)
def quick_broom() -> Iterator[None]:
    """Django's own way after a test with real transactions makes every content type and permission anew, each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: sweep())
        yield


def sweep() -> None:
    """Empties every table but those of which the migrations know the rows."""
    kept = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
    names = [connection.ops.quote_name(one) for one in set(connection.introspection.django_table_names()) - kept]
    with transaction.atomic(), connection.cursor() as cursor:  # references are checked when it ends
        cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names))
        for name, full in zip(names, cursor.fetchone(), strict=True):
            if full:
                cursor.execute(f"DELETE FROM {name}")


@pytest.fixture(autouse=True)
def quiet_house(settings: Any, tmp_path: Any) -> Iterator[None]:
    """Each test has its own folder and an empty cache; hashing is cheap, static files need no manifest, nobody waits."""
    settings.WRITING_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_SINK = tmp_path / "mail"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()
    caches["near"].clear()
    yield


def make_user(name: str, **fields: Any) -> User:
    return User.objects.create(email=f"{name}@test.example", handle=name, name=name.title(), **fields)


def make_member(community: Community, name: str, *, role: str = Role.MEMBER, level: int = 10) -> User:
    user = make_user(name)
    member = join_community(user, community)
    if role != Role.MEMBER:
        Member.objects.filter(pk=member.pk).update(role=role)
    if level > 10:
        RungSource.objects.create(member=member, source="hand", ref="hand", level=level)
        settle_rung(member)
    return user


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner")


@pytest.fixture
def demo(owner: User) -> Community:
    """The community `demo`: rungs 10, 20 and 30; spaces journal (public), insiders (20), table (30), bench (members post)."""
    place = found_community(owner, name="Demo", slug="demo", timezone="Europe/Lisbon")
    Rung.objects.create(community=place, level=INSIDER, slug="insider", name="Insider", ways="Share five tutorials.")
    Rung.objects.create(community=place, level=CIRCLE, slug="circle", name="Inner Circle")
    Space.objects.create(community=place, slug="insiders", name="Insiders", rung=INSIDER, position=1)
    Space.objects.create(community=place, slug="bench", name="The bench", posting="members", position=2)
    Space.objects.create(community=place, slug="table", name="The table", rung=CIRCLE, listed_rung=INSIDER, position=3)
    return place


@pytest.fixture
def journal(demo: Community) -> Space:
    return Space.objects.get(community=demo, slug="journal")


@pytest.fixture
def moderator(demo: Community) -> User:
    return make_member(demo, "moderator", role=Role.MODERATOR)


@pytest.fixture
def circle(demo: Community) -> User:
    return make_member(demo, "circle", level=CIRCLE)


@pytest.fixture
def insider(demo: Community) -> User:
    return make_member(demo, "insider", level=INSIDER)


@pytest.fixture
def member(demo: Community) -> User:
    return make_member(demo, "member")


@pytest.fixture
def outsider(demo: Community) -> User:
    """Has an account and no membership."""
    return make_user("outsider")


@pytest.fixture
def visitor() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture
def staff(db: None) -> User:
    """Brand staff: a moderator who may enter the admin."""
    user = make_user("staff", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name="moderator")[0])
    return user


@pytest.fixture
def maker(db: None) -> User:
    """Owns `atelier`, another community."""
    user = make_user("maker")
    found_community(user, name="Atelier", slug="atelier")
    return user


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """A browser with this person signed in; a visitor's has no cookies."""

    def client(user: Any) -> Client:
        browser = Client()
        if user.is_authenticated:
            browser.force_login(user, backend="communities.people.backend.Backend")
        return browser

    return client


@pytest.fixture
def seen_by(demo: Community) -> Callable[[Any], Viewer]:
    """How this person stands in `demo`, read anew."""
    return lambda user: viewer_for(user, demo)


@pytest.fixture
def publish(demo: Community, owner: User) -> Callable[..., Post]:
    """publish(title="…", rung=20, space="journal", …): a post that is out since a minute unless `opens_at` says else."""

    def make(
        title: str = "A post",
        *,
        author: User | None = None,
        space: str = "journal",
        rung: int = 0,
        opens_at: dt.datetime | None = None,
        openings: tuple[tuple[int, dt.datetime], ...] = (),
        **fields: Any,
    ) -> Post:
        writer = viewer_for(author or owner, demo)
        fields.setdefault("source", f"The text of {title}.")
        fields.setdefault("teaser", f"The teaser of {title}.")
        place = Space.objects.get(community=demo, slug=space)
        draft = start_draft(writer, space=place, title=title, **fields)
        opens_at = opens_at or timezone.now() - dt.timedelta(minutes=1)
        return publish_post(writer, post=draft, rung=rung, opens_at=opens_at, openings=openings)

    return make
