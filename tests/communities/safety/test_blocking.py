"""R75, R7: a block hides what a person writes from one reader everywhere, tells nobody, forbids nothing, and is taken back."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from communities.access.models import Block
from communities.access.rules import audience
from communities.activity.models import Activity
from communities.members.models import Member
from communities.people.models import User
from communities.safety.blocking import block_person, mute, unblock_person, who_mutes
from communities.safety.models import Mute
from content.posts.models import Post
from content.posts.suggestions import suggestions_for
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
ALL = ("/", "/c/demo/", "/c/demo/?space=bench")


@pytest.fixture
def texts(publish, member, insider):
    """A post each of three people, one after the other: member, insider, and the member again."""
    now = timezone.now()
    return [
        publish(f"CANARY-{number}", author=author, space="bench", opens_at=now - dt.timedelta(hours=3 - number))
        for number, author in enumerate((member, insider, member))
    ]


def seen(browser, *addresses: str) -> set[str]:
    """Which of the three posts stand on these pages."""
    pages = [browser.get(address).content.decode() for address in addresses]
    return {f"CANARY-{number}" for number in range(3) if any(f"CANARY-{number}" in page for page in pages)}


def test_what_a_blocked_person_writes_is_absent_everywhere_and_its_page_still_opens(
    texts, circle, member, client_of, seen_by
) -> None:
    browser = client_of(circle)
    assert seen(browser, *ALL) == {"CANARY-0", "CANARY-1", "CANARY-2"}
    done = browser.post("/me/blocks/", {"person": "member", "next": "/c/demo/"})
    assert (done.status_code, done["Location"]) == (302, "/c/demo/")
    for address in ALL:
        assert seen(browser, address) == {"CANARY-1"}, address
    between = browser.get(texts[1].url).content.decode()
    assert "CANARY-0" not in between and "CANARY-2" not in between
    straight = browser.get(texts[0].url)
    assert (straight.status_code, "The text of CANARY-0." in straight.content.decode()) == (200, True)
    row = Block.objects.get()
    browser.post("/me/blocks/end/", {"block": row.pk})
    assert seen(browser, *ALL) == {"CANARY-0", "CANARY-1", "CANARY-2"}
    assert not Block.objects.exists()


def test_others_see_everything_and_the_blocked_person_is_told_nothing(
    texts, circle, member, insider, client_of
) -> None:
    """No kept page is shared with who blocks, in either direction."""
    User.objects.filter(pk=circle.pk).update(name="CANARY-blocker")
    block_person(circle, member)
    hers, theirs = client_of(circle), client_of(insider)
    for _round in range(2):  # kept by the first, read by the second
        assert seen(hers, *ALL) == {"CANARY-1"}
        assert seen(theirs, *ALL) == {"CANARY-0", "CANARY-1", "CANARY-2"}
        assert seen(client_of(member), *ALL) == {"CANARY-0", "CANARY-1", "CANARY-2"}
    own = client_of(member)
    for address in ("/", "/c/demo/", "/me/", "/me/blocks/", "/me/standing/", "/me/reports/", texts[1].url):
        assert "CANARY-blocker" not in own.get(address).content.decode(), address


def test_whoever_blocks_shares_a_page_with_nobody(texts, seen_by, member, insider, circle, moderator) -> None:
    """DESIGN: `audience` is None; and again a name when the block is over. The team too."""
    for person, name in ((insider, "rung 20"), (circle, "rung 30"), (moderator, "team")):
        assert audience(seen_by(person), Post) == name
        block_person(person, member)
        assert audience(seen_by(person), Post) is None
        unblock_person(person, Block.objects.get(user=person).pk)
        assert audience(seen_by(person), Post) == name


def test_a_block_counts_at_once_though_pages_were_kept_a_second_ago(
    texts, circle, member, moderator, client_of
) -> None:
    for person in (circle, moderator):
        browser = client_of(person)
        assert len(seen(browser, "/c/demo/")) == 3
        browser.post("/me/blocks/", {"person": "@Member"})
        assert seen(browser, "/c/demo/") == {"CANARY-1"}


def test_the_team_may_be_blocked_and_suggestions_leave_them_out(
    demo, publish, circle, owner, seen_by, client_of
) -> None:
    post = publish("From the owner")
    browser = client_of(circle)
    browser.post("/me/blocks/", {"person": "owner"})
    assert "From the owner" not in browser.get("/c/demo/").content.decode()
    assert browser.get(post.url).status_code == 200
    seat = Member.objects.get(user=circle)
    assert suggestions_for(seen_by(circle), seat, demo) == []


def test_the_page_asks_before_it_blocks_and_names_nobody_it_should_not(demo, circle, member, client_of) -> None:
    browser = client_of(circle)
    asked = browser.get("/me/blocks/?person=member&next=/c/demo/").content.decode()
    assert "Block Member?" in asked and 'value="/c/demo/"' in asked and not Block.objects.exists()
    for wrong in ("nobody-here", "circle", "", "\x00"):
        refused = browser.post("/me/blocks/", {"person": wrong})
        assert refused.status_code == 200
        assert 'aria-invalid="true"' in refused.content.decode()
    assert "That is you." in browser.post("/me/blocks/", {"person": "circle"}).content.decode()
    assert (
        browser.post("/me/blocks/", {"person": "member", "next": "https://evil.example/"})["Location"] == "/me/blocks/"
    )
    assert [row.blocked for row in Block.objects.all()] == [member]


def test_a_block_is_written_once_and_the_ledger_names_nobody(circle, member) -> None:
    for _time in range(3):
        block_person(circle, member)
    row = Block.objects.get()
    assert list(Activity.objects.filter(kind="block").values_list("verb", "actor", "kind", "object_id")) == [
        ("person.blocked", circle.pk, "block", row.pk)
    ]
    unblock_person(circle, row.pk)
    unblock_person(circle, row.pk)
    assert Activity.objects.filter(verb="person.unblocked").count() == 1


def test_nobody_takes_back_what_somebody_else_blocked(circle, member, insider, client_of) -> None:
    block_person(circle, member)
    mute(circle, kind="user", object_id=member.pk)
    thief = client_of(insider)
    thief.post("/me/blocks/end/", {"block": Block.objects.get().pk})
    thief.post("/me/mutes/end/", {"mute": Mute.objects.get().pk})
    assert [thief.post("/me/blocks/end/", {"block": bad}).status_code for bad in ("", "x", "9" * 30)] == [404] * 3
    assert (Block.objects.count(), Mute.objects.count()) == (1, 1)


def test_a_person_or_a_conversation_is_muted_and_heard_again(circle, member, client_of) -> None:
    browser = client_of(circle)
    browser.post("/me/mutes/", {"person": "member"})
    browser.post("/me/mutes/", {"thread": "12"})
    browser.post("/me/mutes/", {"thread": "12"})
    assert list(Mute.objects.order_by("pk").values_list("user", "kind", "object_id")) == [
        (circle.pk, "user", member.pk),
        (circle.pk, "thread", 12),
    ]
    assert [row["user_id"] for row in who_mutes("thread", 12)] == [circle.pk]
    page = browser.get("/me/blocks/").content.decode()
    assert "Member" in page and "A conversation" in page
    for row in Mute.objects.all():
        browser.post("/me/mutes/end/", {"mute": row.pk})
    assert not Mute.objects.exists()
    assert [browser.post("/me/mutes/", {"thread": bad}).status_code for bad in ("x", "9" * 30)] == [404, 404]
    assert "What you do yourself" in browser.post("/me/mutes/", {"person": "circle"}).content.decode()
    assert not Mute.objects.exists()


def test_blocks_are_asked_slowly(settings, demo, circle) -> None:
    settings.WRITING_LIMITS = True
    people = [make_member(demo, f"person{number}") for number in range(61)]
    with time_machine.travel(timezone.now(), tick=False):
        for person in people[:60]:
            block_person(circle, person)
        with pytest.raises(ValidationError):
            block_person(circle, people[60])
    assert Block.objects.count() == 60


def test_a_visitor_is_sent_to_sign_in_and_reading_changes_nothing(demo, circle, visitor, client_of) -> None:
    browser = client_of(visitor)
    for address in ("/me/blocks/", "/me/blocks/end/", "/me/mutes/", "/me/mutes/end/"):
        assert browser.post(address, {"person": "circle"})["Location"].startswith("/accounts/login/")
    before = list(User.objects.order_by("pk").values_list())
    client_of(circle).get("/me/blocks/?person=owner")
    assert [client_of(circle).get(way).status_code for way in ("/me/mutes/", "/me/blocks/end/")] == [405, 405]
    assert list(User.objects.exclude(pk=circle.pk).order_by("pk").values_list()) == [
        row for row in before if row[0] != circle.pk
    ]
    assert not Block.objects.exists()
