"""The bell and its mail against the table of the access matrix: every viewer, every audience, in both directions (A06)."""

from typing import Any

import pytest

from communities.activity.actions import deliver_due
from communities.mail.actions import send_due
from communities.mail.models import Mail
from communities.members.models import Member
from communities.notifications.actions import tell
from communities.notifications.kinds import KINDS, News
from communities.notifications.models import Notification
from tests.communities.notifications.conftest import wishes
from tests.communities.notifications.test_letters import letters
from tests.matrix import AUDIENCES, EVERYBODY, House, canary, client_for
from tests.test_access_matrix import house

pytestmark = pytest.mark.django_db
__all__ = ["house"]
PEOPLE = sorted(EVERYBODY - {"visitor"})
# A published story tells its audience of members; whoever wrote it hears nothing, a guest with a pass is no member.
AUTHORS = {"bench-draft": "member", "hidden": "insider"}


@pytest.fixture(autouse=True)
def into_the_folder(settings: Any) -> None:
    settings.EMAIL_BACKEND = "communities.mail.sink.SinkBackend"


def ring_everything(house: House) -> None:
    """News of every post for everybody, as if each had been entitled when it was written."""
    rows = []
    for who in PEOPLE:
        for audience, post in house.posts.items():
            rows.append(
                Notification(
                    user=house.people[who],
                    community=house.place,
                    kind="post",
                    key=f"planted:{audience}",
                    about_kind="post",
                    about_id=post.pk,
                    topic=f"post:{post.pk}",
                )
            )
    Notification.objects.all().delete()
    Notification.objects.bulk_create(rows)


def expected(who: str) -> set[str]:
    return {audience for audience, (_listed, readable) in AUDIENCES.items() if who in readable} - {"working"}


def found_in(text: str) -> set[str]:
    """The audiences whose canaries stand there, of whatever field."""
    return {audience for audience in AUDIENCES if f"CANARY-{audience}-" in text}


def test_the_bell_shows_everybody_exactly_what_the_table_says(house: House, client_of: Any) -> None:
    ring_everything(house)
    wrong = []
    for who in PEOPLE:
        page = client_for(house.people[who], client_of).get("/me/news/")
        seen = found_in(page.content.decode())
        if page.status_code != 200 or seen != expected(who):
            wrong.append((who, sorted(seen ^ expected(who))))
    assert wrong == []


def test_mail_tells_everybody_exactly_what_the_table_says(house: House, confirmed: Any, monkeypatch: Any) -> None:
    """Written for who may read it, and again asked about when it leaves: planted rows for everybody, all mail switched on."""
    from communities.mail import lists
    from communities.notifications.mailing import mail_news

    monkeypatch.setattr(lists, "AN_HOUR", 100)
    ring_everything(house)
    for who in PEOPLE:
        confirmed(house.people[who])
        wishes(house.people[who], "post", mail=True)
    mail_news(list(Notification.objects.order_by("pk")))
    while send_due(limit=500):
        pass
    got: dict[str, set[str]] = {who: set() for who in PEOPLE}
    by_address = {house.people[who].email: who for who in PEOPLE}
    for letter in letters():
        (audience,) = found_in(letter.as_string() + letter.get_body(("plain",)).get_content())
        assert canary(audience, "title") in letter["subject"]
        got[by_address[letter["to"]]].add(audience)
    assert {who: sorted(got[who] ^ expected(who)) for who in PEOPLE if got[who] != expected(who)} == {}
    assert not Mail.objects.exclude(state="sent").exists()


def test_mail_that_was_written_for_everybody_leaves_for_those_of_the_table_alone(
    house: House, confirmed: Any, monkeypatch: Any
) -> None:
    """As if every reader had lost or won their rights between writing and sending."""
    ring_everything(house)
    for who in PEOPLE:
        confirmed(house.people[who])
        wishes(house.people[who], "post", mail=True)
    rows = {
        Mail.objects.create(
            to=row.user.email,
            user=row.user,
            kind="news",
            subject="News",
            text="text",
            message_id=f"<{row.pk}@x>",
            ref=f"news:{row.pk}",
        ).pk: row
        for row in Notification.objects.select_related("user")
    }
    while send_due(limit=500):
        pass
    names = {house.people[who].pk: who for who in PEOPLE}
    audiences = {post.pk: audience for audience, post in house.posts.items()}
    sent: dict[str, set[str]] = {who: set() for who in PEOPLE}
    for mail in Mail.objects.filter(pk__in=rows):
        row = rows[mail.pk]
        assert mail.state in ("sent", "withdrawn") and mail.text == ""
        if mail.state == "sent":
            sent[names[row.user_id]].add(audiences[row.about_id])
    assert sent == {who: expected(who) for who in PEOPLE}


def test_what_happens_is_told_to_exactly_those_members_who_may_read_it(house: House) -> None:
    """From the ledger: everything that was published while the house was built."""
    while deliver_due():
        pass
    members = set(Member.objects.filter(community=house.place, standing="member").values_list("user_id", flat=True))
    told: dict[str, set[int]] = {audience: set() for audience in house.posts}
    audiences = {post.pk: audience for audience, post in house.posts.items()}
    for user_id, about_id in Notification.objects.filter(kind="post").values_list("user_id", "about_id"):
        told[audiences[about_id]].add(user_id)
    for audience, (_listed, readable) in AUDIENCES.items():
        if audience not in house.posts:
            continue
        author = AUTHORS.get(audience, "owner")
        may = {house.people[who].pk for who in readable - {"visitor", author}} & members
        # What is no longer out (hidden) or never was (drafts, scheduled) was not announced, or is told to the team alone.
        assert told[audience] == (may if audience not in {"draft", "bench-draft", "scheduled"} else set()), audience


@pytest.mark.parametrize("crowded", [False, True])
def test_asking_for_a_crowd_answers_as_asking_one_by_one(house: House, monkeypatch: Any, crowded: bool) -> None:
    """Everybody is handed in for every audience, members or not; those who stand alike are asked once, or each alone."""
    from communities.access import crowd
    from communities.activity.models import Activity

    monkeypatch.setattr(crowd, "FEW", 0 if crowded else 1000)
    while deliver_due():
        pass
    Notification.objects.all().delete()
    activity = Activity.objects.filter(verb="post.published").first()
    assert activity is not None
    activity.actor_id = None
    everybody = [house.people[who].pk for who in PEOPLE]
    for audience, post in house.posts.items():
        news = News(key=f"all:{audience}", about=("post", post.pk), to=everybody)
        tell(KINDS["post"], news, activity, everybody)
        told = set(Notification.objects.filter(key=news.key).values_list("user_id", flat=True))
        own = house.people[AUTHORS.get(audience, "owner")].pk
        readable = {house.people[who].pk for who in AUDIENCES[audience][1] - {"visitor"}}
        # One's own draft or hidden text is nobody's news; in a crowd its author is not asked apart.
        assert told - {own} == readable - {own}, audience
