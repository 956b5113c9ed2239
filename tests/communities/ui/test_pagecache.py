"""Whole pages kept for readers without a session: never too long, never for the wrong reader, never without an answer."""

import datetime as dt
import gzip
from collections.abc import Callable

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from communities.ui import pagecache
from communities.ui.cache import ForgivingRedisCache, breaker_of
from communities.ui.pagecache import PageCache, bump, share

BODY = "A page that is long enough to be worth packing. " * 20


@pytest.fixture(autouse=True)
def nothing_changed_yet(monkeypatch):
    monkeypatch.setattr(pagecache, "_changed", {})


@pytest.fixture
def clock(monkeypatch):
    """time.monotonic() of the page cache, moved by hand: clock[0] += 60."""
    now = [1000.0]
    monkeypatch.setattr(pagecache.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def bumped(django_capture_on_commit_callbacks, db):
    """Bumps as a committed transaction would; "elsewhere" as another process sees it: in Redis only."""

    def bump_it(slug: str | None, *, elsewhere: bool = False) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            bump(slug)
        if elsewhere:
            pagecache._changed.clear()

    return bump_it


class House:
    """A page cache in front of a view that counts how often it had to work."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse] | None = None) -> None:
        self.made = 0
        self.until: dt.datetime | None = None
        self.view = view
        self.cache = PageCache(self.make)

    def make(self, request: HttpRequest) -> HttpResponse:
        self.made += 1
        if self.view is not None:
            return self.view(request)
        return share(HttpResponse(f"{BODY}{self.made}"), request, until=self.until)

    def get(self, path: str = "/c/demo/", *, method: str = "get", cookies: str = "", **headers: str) -> HttpResponse:
        request = getattr(RequestFactory(), method)(path, headers=headers)
        if cookies:
            request.META["HTTP_COOKIE"] = cookies
        return self.cache(request)


def test_a_page_is_made_once_for_everybody_without_a_session():
    house = House()
    first, second = house.get(), house.get()
    assert (house.made, first.content) == (1, second.content)
    assert first["ETag"] == second["ETag"]
    assert first["Cache-Control"] == "public, max-age=60"
    assert {"Cookie", "Accept-Encoding"} <= set(first["Vary"].split(", "))


def test_somebody_with_a_session_cookie_never_gets_or_leaves_a_kept_page():
    house = House()
    for cookies in ("sessionid=abc", "sessionid="):
        response = house.get(cookies=cookies)
        assert "Cache-Control" not in response
        assert "ETag" not in response
    house.get()
    house.get(cookies="sessionid=abc")
    assert (house.made, len(house.cache.pages)) == (4, 1)


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer x"}, {"HX-Request": "true"}])
def test_who_comes_with_a_key_or_for_a_fragment_is_let_through(headers):
    house = House()
    house.get()
    house.get(**headers)
    assert house.made == 2


def test_a_page_that_did_not_opt_in_is_not_kept():
    house = House(lambda request: HttpResponse(BODY))
    house.get()
    house.get()
    assert (house.made, len(house.cache.pages)) == (2, 0)


def test_a_page_that_sets_a_cookie_is_not_kept():
    def view(request: HttpRequest) -> HttpResponse:
        response = share(HttpResponse(BODY), request)
        response.set_cookie("csrftoken", "x")
        return response

    house = House(view)
    house.get()
    assert house.get().cookies
    assert (house.made, len(house.cache.pages)) == (2, 0)


def test_a_page_made_for_a_browser_with_a_form_token_is_not_kept():
    house = House()
    house.get(cookies="csrftoken=abc")
    assert len(house.cache.pages) == 0
    house.get()
    house.get(cookies="csrftoken=abc")
    assert house.made == 2


def test_errors_are_not_kept():
    house = House(lambda request: share(HttpResponse("no", status=404), request))
    house.get()
    assert len(house.cache.pages) == 0


def test_a_change_makes_the_pages_of_its_community_stale_in_another_process_at_once(bumped):
    house, other = House(), House()
    for each in (house, other):
        each.get("/c/demo/")
        each.get("/c/atelier/")
        each.get("/")
    bumped("demo", elsewhere=True)
    for each in (house, other):
        each.get("/c/demo/")
        each.get("/c/atelier/")
        each.get("/")
        assert each.made == 5  # the community's page and the brand's anew, the other community's not


def test_a_change_of_the_brand_leaves_the_communities_alone(bumped):
    house = House()
    house.get("/")
    house.get("/c/demo/")
    bumped(None, elsewhere=True)
    house.get("/")
    house.get("/c/demo/")
    assert house.made == 3


def test_a_change_while_the_page_is_made_makes_it_stale(bumped):
    house = House()
    house.get("/c/demo/")

    def view(request: HttpRequest) -> HttpResponse:
        response = share(HttpResponse(BODY), request)
        bumped("demo", elsewhere=True)
        return response

    late = House(view)
    late.get("/c/demo/")
    late.view = None
    late.get("/c/demo/")
    assert late.made == 2


def test_the_first_page_of_a_community_is_not_kept_past_a_change_during_its_making(bumped):
    def view(request: HttpRequest) -> HttpResponse:
        bumped("new", elsewhere=True)
        return share(HttpResponse(BODY), request)

    house = House(view)
    house.get("/c/new/")
    assert len(house.cache.pages) == 0


def test_addresses_that_are_no_page_leave_nothing_behind():
    house = House(lambda request: HttpResponse("no", status=404))
    house.get("/c/made-up/")
    assert cache.get("page-version:made-up") is None


def test_a_page_is_kept_a_minute(clock):
    house = House()
    house.get()
    clock[0] += 59.5
    assert house.get()["Cache-Control"] == "public, max-age=0"
    assert house.made == 1
    clock[0] += 0.5
    house.get()
    assert house.made == 2


def test_a_page_is_kept_until_the_next_opening_here_and_downstream(clock):
    house = House()
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, 0, 0, tzinfo=dt.UTC), tick=False):
        house.until = timezone.now() + dt.timedelta(seconds=30, milliseconds=700)
        assert house.get()["Cache-Control"] == "public, max-age=30"
    clock[0] += 20
    assert house.get()["Cache-Control"] == "public, max-age=10"
    clock[0] += 10
    house.until = None
    house.get()
    assert house.made == 2


def test_nothing_is_kept_in_the_last_second_before_an_opening():
    house = House()
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, 0, 0, tzinfo=dt.UTC), tick=False):
        house.until = timezone.now() + dt.timedelta(milliseconds=900)
        assert house.get()["Cache-Control"] == "public, max-age=0"
    assert len(house.cache.pages) == 0


def test_head_gets_the_headers_of_the_page_without_its_body():
    house = House()
    whole = house.get()
    head = house.get(method="head")
    assert (head.content, head["Content-Length"], head["ETag"]) == (b"", str(len(whole.content)), whole["ETag"])
    assert house.made == 1


def test_other_methods_pass():
    house = House()
    house.get()
    house.get(method="post")
    assert house.made == 2


@pytest.mark.parametrize("form", ["{0}", '"other", {0}', "*", "{1}"])
def test_who_has_the_page_already_is_told_so(form):
    house = House()
    tag = house.get()["ETag"]
    again = house.get(**{"If-None-Match": form.format(tag, tag.removeprefix("W/"))})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert "Content-Type" not in again
    assert again["Cache-Control"] == "public, max-age=59" or again["Cache-Control"] == "public, max-age=60"
    assert house.get(**{"If-None-Match": 'W/"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "packed"),
    [
        ("gzip, br", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("br", False),
        ("", False),
    ],
)
def test_pages_are_packed_for_those_who_take_it(asked, packed):
    house = House()
    for _time in range(2):
        response = house.get(**{"Accept-Encoding": asked})
        assert ("Content-Encoding" in response) is packed
        body = gzip.decompress(response.content) if packed else response.content
        assert body == f"{BODY}1".encode()
        assert response["Content-Length"] == str(len(response.content))


def test_another_query_is_another_page():
    house = House()
    assert house.get("/c/demo/?kind=idea").content != house.get("/c/demo/").content
    assert house.made == 2


def test_pages_of_a_language_are_for_those_who_read_it(settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    house = House()
    house.get(**{"Accept-Language": "de"})
    house.get(**{"Accept-Language": "en"})
    house.get(**{"Accept-Language": "de-AT,de;q=0.9"})
    assert house.made == 2


def test_there_is_an_end_to_what_is_kept_and_filtered_pages_go_first(monkeypatch):
    monkeypatch.setattr(pagecache, "MOST_PAGES", 5)
    house = House()
    for number in range(5):
        house.get(f"/c/demo/p/{number}/")
    for number in range(20):
        house.get(f"/c/demo/?after={number}")
    made = house.made
    for number in range(5):
        house.get(f"/c/demo/p/{number}/")
    assert house.made == made
    assert house.cache.weight == sum(page.weight for page in house.cache.pages.values())


def test_a_heavy_house_lets_the_oldest_pages_go(monkeypatch):
    monkeypatch.setattr(pagecache, "MOST_BYTES", 5 * len(BODY))
    house = House()
    for number in range(30):
        house.get(f"/c/demo/p/{number}/")
    assert 0 < house.cache.weight <= 5 * len(BODY)


@pytest.fixture
def no_redis(monkeypatch):
    """A Redis that refuses connections: nothing listens on the port."""
    server = "redis://127.0.0.1:9/0"
    breaker_of.cache_clear()
    gone = ForgivingRedisCache(server, {"OPTIONS": {"socket_connect_timeout": 0.2}})
    monkeypatch.setattr(pagecache, "cache", gone)
    yield
    breaker_of.cache_clear()


def test_without_redis_pages_are_answered_and_not_kept(no_redis):
    house = House()
    first = house.get()
    assert (first.status_code, "ETag" in first) == (200, True)
    house.get()
    assert (house.made, len(house.cache.pages)) == (2, 0)


def test_when_redis_goes_away_what_is_kept_runs_out(clock, request):
    house = House()
    house.get()
    request.getfixturevalue("no_redis")
    assert (house.get().status_code, house.made) == (200, 1)
    clock[0] += 60
    house.get()
    assert house.made == 2


def test_a_change_in_this_process_is_seen_by_it_even_without_redis(request, bumped):
    house = House()
    house.get()
    request.getfixturevalue("no_redis")
    bumped("demo")
    house.get()
    assert house.made == 2


def test_what_a_member_loads_is_never_shown_to_a_stranger(publish, client_of, insider, visitor):
    """A19: one process, the same addresses, first with a session and then without, and the other way round."""
    post = publish("Closed", rung=20, source="CANARY-BODY", teaser="A promise.")
    type(insider).objects.filter(pk=insider.pk).update(name="CANARY-PERSON")
    member, stranger = client_of(insider), client_of(visitor)
    stranger.handler = member.handler
    for path in (post.url, "/c/demo/", "/", "/c/demo/feed.atom", "/sitemap.xml"):
        for _time in range(2):
            theirs, public = member.get(path), stranger.get(path)
            assert theirs["Cache-Control"] == "private, no-store"
            assert "Cookie" in theirs["Vary"]
            assert b"CANARY-BODY" not in public.content
            assert b"/accounts/logout" not in public.content
            assert public["Cache-Control"].startswith("public, max-age=")
            assert not public.cookies
    assert b"CANARY-BODY" in member.get(post.url).content
    assert b"CANARY-PERSON" in member.get("/c/demo/").content
    assert b"A promise." in stranger.get(post.url).content


@pytest.fixture
def parts(monkeypatch, django_capture_on_commit_callbacks, db):
    """Addresses /c/<community>/p/<id>/ are about posts; touched(slug, id, elsewhere=…) as somebody's comment would."""
    monkeypatch.setattr(pagecache, "_kinds", {"p": "post"})

    def touched(slug: str, pk: int, *, elsewhere: bool = False) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            pagecache.bump_part(slug, "post", pk)
        if elsewhere:
            pagecache._changed.clear()

    return touched


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_changes_under_one_thing_makes_its_own_pages_stale_and_no_others(parts, elsewhere):
    house = House()
    pages = ["/c/demo/", "/c/demo/p/1/a/", "/c/demo/p/1/a/?after=2.3", "/c/demo/p/2/b/", "/c/atelier/p/1/a/", "/"]
    for page in pages:
        house.get(page)
    parts("demo", 1, elsewhere=elsewhere)
    for page in pages:
        house.get(page)
    assert house.made == len(pages) + 2
    for page in pages:
        house.get(page)
    assert house.made == len(pages) + 2


def test_what_changes_in_a_community_makes_the_pages_of_its_things_stale(parts, bumped):
    house = House()
    for _time in range(2):
        house.get("/c/demo/p/1/a/")
    bumped("demo", elsewhere=True)
    house.get("/c/demo/p/1/a/")
    assert house.made == 2


def test_a_comment_while_the_page_is_made_makes_it_stale_at_once(parts):
    def view(request: HttpRequest) -> HttpResponse:
        parts("demo", 1, elsewhere=True)
        return share(HttpResponse(BODY), request)

    house = House(view)
    house.get("/c/demo/p/1/a/")
    house.get("/c/demo/p/1/a/")
    assert house.made == 2


def test_what_is_remembered_of_changes_does_not_grow_for_ever(parts, clock):
    for pk in range(pagecache.MOST_CHANGES + 50):
        pagecache._changed[f"demo/post:{pk}"] = clock[0]
    clock[0] += 61
    parts("demo", 7)
    assert len(pagecache._changed) < 10
