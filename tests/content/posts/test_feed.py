"""The members' feed: in order, nothing dropped, a line where one was caught up, suggestions that say why, the first steps."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from communities.access.models import Block
from communities.members.models import Member, Seen
from communities.spaces.models import Topic
from communities.ui import pagecache
from content.posts.actions import set_tags

pytestmark = pytest.mark.django_db
LINE = "You are caught up"


def titles(page: str) -> list[str]:
    """The titles of the cards, in the order in which they stand in the stream; suggestions stand apart."""
    stream = page.partition('id="feed"')[2]
    return re.findall(r'<h2 class="title"[^>]*><a[^>]*>([^<]+)</a>', stream)


@pytest.fixture
def feed(client_of, member):
    """feed(path) is the page as the plain member sees it."""
    browser = client_of(member)
    return lambda path="/c/demo/": browser.get(path).content.decode()


@pytest.fixture
def days(publish):
    """Five posts, `Day 1` (oldest) to `Day 5`, a day apart; the newest came out a minute ago."""
    now = timezone.now() - dt.timedelta(minutes=1)
    return [publish(f"Day {number}", opens_at=now - dt.timedelta(days=5 - number)) for number in range(1, 6)]


def caught_up(member, at):
    Member.objects.filter(user=member).update(caught_up_at=at)


def test_the_line_stands_between_what_is_new_and_what_was_there(days, feed, member):
    assert LINE not in feed()
    caught_up(member, days[2].opens_at)
    page = feed()
    assert titles(page) == ["Day 5", "Day 4", "Day 3", "Day 2", "Day 1"]
    assert page.index("Day 4") < page.index(LINE) < page.index("Day 3")


def test_before_the_first_time_the_line_stands_where_one_came(days, feed, member):
    Member.objects.filter(user=member).update(joined_at=days[2].opens_at)
    page = feed()
    assert page.index("Day 4") < page.index(LINE) < page.index("Day 3")


def test_the_line_stands_on_top_where_nothing_is_new(days, feed, member):
    caught_up(member, days[4].opens_at)
    page = feed()
    assert page.index(LINE) < page.index("Day 5")
    assert page.count(LINE) == 1


def test_reading_down_to_the_line_moves_it_up(days, client_of, member):
    browser = client_of(member)
    caught_up(member, days[2].opens_at)
    top = re.search(r'name="top" value="([^"]+)"', browser.get("/c/demo/").content.decode())[1]
    answer = browser.post("/c/demo/caught-up/", {"top": top})
    assert (answer.status_code, answer["Location"]) == (302, "/c/demo/")
    assert Member.objects.get(user=member).caught_up_at == days[4].opens_at
    # An old tab moves it no further down again, and what is no moment changes nothing.
    caught_up(member, days[4].opens_at)
    for old in (days[1].opens_at.isoformat(), "yesterday", "", (timezone.now() + dt.timedelta(days=9)).isoformat()):
        browser.post("/c/demo/caught-up/", {"top": old})
    assert Member.objects.get(user=member).caught_up_at == days[4].opens_at


def test_looking_at_the_feed_changes_nothing(days, feed, member):
    feed()
    assert Member.objects.get(user=member).caught_up_at is None


def test_every_post_since_the_last_visit_can_be_reached(publish, feed, member):
    """Sixty new posts: three pages, each post once, the line on the last one behind the newest sixty."""
    now = timezone.now() - dt.timedelta(minutes=1)
    for number in range(61):
        publish(f"Post {number}", opens_at=now - dt.timedelta(minutes=number))
    caught_up(member, now - dt.timedelta(minutes=60))
    found, path, lines = [], "/c/demo/", []
    for _page in range(5):
        page = feed(path)
        found += titles(page)
        lines.append(LINE in page)
        after = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*rel="next"', page)
        if after is None:
            break
        path = "/c/demo/" + after[1].replace("&amp;", "&")
    assert found == [f"Post {number}" for number in range(61)]
    assert lines == [False, False, True]


def test_the_line_between_two_pages_opens_the_second(publish, feed, member):
    now = timezone.now() - dt.timedelta(minutes=1)
    for number in range(30):
        publish(f"Post {number}", opens_at=now - dt.timedelta(minutes=number))
    caught_up(member, now - dt.timedelta(minutes=25))
    first = feed()
    assert LINE not in first
    after = re.search(r'href="(\?[^"]*after=[^"]+)"[^>]*rel="next"', first)[1].replace("&amp;", "&")
    second = feed("/c/demo/" + after)
    assert second.index(LINE) < second.index("Post 25")


def test_a_filtered_feed_has_no_line_and_no_suggestions(days, feed, member):
    caught_up(member, days[2].opens_at)
    page = feed("/c/demo/?kind=update")
    assert LINE not in page
    assert 'name="top"' not in page


@pytest.fixture
def picked(demo, member, insider):
    """The member picked paper, the insider picked ink and pricing."""
    topics = {
        slug: Topic.objects.create(community=demo, kind=kind, slug=slug, label=slug.title())
        for slug, kind in (("paper", "interest"), ("ink", "interest"), ("pricing", "challenge"))
    }
    Member.objects.get(user=member).topics.set([topics["paper"]])
    Member.objects.get(user=insider).topics.set([topics["ink"], topics["pricing"]])
    return topics


def suggested(page: str) -> dict[str, str]:
    """title -> reason of what stands in the box of suggestions."""
    box = page.partition('class="suggestions"')[2].partition("</section>")[0]
    found = re.findall(r"<a[^>]*>([^<]+)</a>.*?<small[^>]*>([^<]+)</small>", box, re.DOTALL)
    return {title: " ".join(why.split()) for title, why in found}


def test_two_people_who_answered_differently_are_suggested_different_things_and_told_why(
    publish, picked, client_of, member, insider
):
    old = timezone.now() - dt.timedelta(days=40)
    for title, tags, rung in (
        ("On paper", ["Paper"], 0),
        ("On ink", ["ink"], 0),
        ("What to ask for", ["pricing"], 20),
        ("On cats", ["cats"], 0),
    ):
        set_tags(publish(title, opens_at=old, rung=rung), tags)
    pages = [client_of(who).get("/c/demo/").content.decode() for who in (member, insider)]
    assert suggested(pages[0]) == {"On paper": "You picked Paper"}
    assert suggested(pages[1]) == {"What to ask for": "You picked Pricing", "On ink": "You picked Ink"}


def test_what_one_picks_changes_the_first_page_at_once(publish, picked, client_of, insider):
    set_tags(publish("On paper", opens_at=timezone.now() - dt.timedelta(days=40)), ["paper"])
    browser = client_of(insider)
    assert suggested(browser.get("/c/demo/").content.decode()) == {}
    browser.post("/c/demo/welcome/", {"interest": ["paper"]})
    page = browser.get("/c/demo/").content.decode()
    assert suggested(page) == {"On paper": "You picked Paper"}
    assert re.findall(r'<li class="step( done)?">', page)[0] == " done"


def test_a_first_step_is_ticked_a_few_seconds_later(publish, client_of, insider, demo):
    post = publish("A post")
    browser = client_of(insider)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser.get("/c/demo/")
        browser.post(f"/c/demo/talk/post/{post.pk}/", {"body": "Well done."})
        clock.shift(dt.timedelta(seconds=11))
        page = browser.get("/c/demo/").content.decode()
    assert re.findall(r'<li class="step( done)?">', page) == ["", "", "", " done"]


def test_what_was_seen_written_by_oneself_locked_or_blocked_is_not_suggested(publish, picked, feed, member, circle):
    old = timezone.now() - dt.timedelta(days=40)
    posts = {
        "seen": publish("Seen", opens_at=old),
        "own": publish("Own", author=member, space="bench", opens_at=old),
        "locked": publish("Locked", opens_at=old, rung=20),
        "blocked": publish("Blocked", author=circle, space="bench", opens_at=old),
        "hidden": publish("Later", opens_at=timezone.now() + dt.timedelta(days=1)),
    }
    for post in posts.values():
        set_tags(post, ["paper"])
    seat = Member.objects.get(user=member)
    Seen.objects.create(member=seat, kind="post", object_id=posts["seen"].pk, day=timezone.now().date())
    Block.objects.create(user=member, blocked=circle)
    assert suggested(feed()) == {}


def test_suggestions_can_be_switched_off_and_on(publish, picked, client_of, member):
    set_tags(publish("On paper", opens_at=timezone.now() - dt.timedelta(days=40)), ["paper"])
    browser = client_of(member)
    assert browser.post("/c/demo/suggestions/", {"on": "0"})["Location"] == "/c/demo/"
    assert Member.objects.get(user=member).suggestions is False
    page = browser.get("/c/demo/").content.decode()
    assert suggested(page) == {}
    assert "Show suggestions" in page
    browser.post("/c/demo/suggestions/", {"on": "1"})
    assert suggested(browser.get("/c/demo/").content.decode()) == {"On paper": "You picked Paper"}


def test_whoever_is_blocked_is_absent_from_the_feed_of_who_blocks(publish, feed, member, circle, insider, client_of):
    publish("By the circle", author=circle, space="bench")
    publish("By the owner")
    assert titles(feed()) == ["By the owner", "By the circle"]
    Block.objects.create(user=member, blocked=circle)
    pagecache.bump("demo")  # as blocking does: that this member had no exceptions is remembered
    assert titles(feed()) == ["By the owner"]
    assert titles(client_of(insider).get("/c/demo/").content.decode()) == ["By the owner", "By the circle"]


def test_the_first_steps_show_what_is_done_and_can_be_put_away(publish, client_of, member):
    publish("A post")
    browser = client_of(member)
    page = browser.get("/c/demo/").content.decode()
    steps = re.findall(r'<li class="step( done)?">', page)
    assert steps == ["", "", "", ""]
    assert "/c/demo/write/?kind=hello" in page
    publish("Hello from me", kind="hello", author=member, space="bench")
    page = browser.get("/c/demo/").content.decode()
    assert re.findall(r'<li class="step( done)?">', page).count(" done") == 1
    assert browser.post("/c/demo/first-steps/")["Location"] == "/c/demo/"
    assert 'class="step' not in browser.get("/c/demo/").content.decode()


def test_who_has_been_here_for_long_is_shown_no_first_steps(publish, client_of, member):
    publish("A post")
    Member.objects.filter(user=member).update(joined_at=timezone.now() - dt.timedelta(days=31))
    assert 'class="step' not in client_of(member).get("/c/demo/").content.decode()


def test_a_feed_costs_the_same_however_many_posts_there_are(
    publish, picked, client_of, member, django_assert_max_num_queries
):
    def queries() -> int:
        browser = client_of(member)
        with django_assert_max_num_queries(40) as counted:
            browser.get("/c/demo/")
        return len(counted)

    set_tags(publish("One"), ["paper"])
    few = queries()
    for number in range(8):
        set_tags(publish(f"More {number}"), ["paper"])
    assert queries() <= few


def test_nobody_but_members_moves_lines_or_switches(days, client_of, outsider, visitor, demo):
    for address in ("caught-up", "suggestions", "first-steps"):
        assert client_of(visitor).post(f"/c/demo/{address}/").status_code == 302
        assert client_of(outsider).post(f"/c/demo/{address}/").status_code == 403
        assert client_of(outsider).get(f"/c/demo/{address}/").status_code == 405
    assert not Member.objects.filter(user=outsider).exists()


def test_writing_begins_with_the_kind_that_the_link_names(client_of, member):
    page = client_of(member).get("/c/demo/write/?kind=hello").content.decode()
    assert re.search(r'<input[^>]*name="kind"[^>]*value="hello"[^>]*checked', page)
    assert "What do you make?" in page
    assert "checked" in client_of(member).get("/c/demo/write/?kind=nonsense").content.decode()


def test_what_stands_on_the_same_page_is_not_suggested_beside_it(publish, picked, feed):
    now = timezone.now() - dt.timedelta(minutes=1)
    for number in range(27):
        set_tags(publish(f"Post {number}", opens_at=now - dt.timedelta(minutes=number)), ["paper"])
    assert list(suggested(feed())) == ["Post 25", "Post 26"]
