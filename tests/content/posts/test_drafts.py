"""Drafts: saved while one types, never lost, never overwritten unseen, and nobody else's."""

import uuid

import pytest
from django.test import Client

from communities.members.models import Member
from content.posts.models import Post
from tests.content.posts.drafts import written

pytestmark = pytest.mark.django_db


def test_looking_at_the_writing_page_stores_nothing(demo, owner, client_of):
    page = client_of(owner).get("/c/demo/write/")
    assert page.status_code == 200
    assert Post.objects.count() == 0


def test_the_first_save_makes_a_draft_and_the_same_again_none(demo, owner, client_of):
    browser, sent = client_of(owner), written(title="Half a thou")
    first = browser.post("/c/demo/write/save/", sent).json()
    post = Post.objects.get()
    assert first["rev"] == 1
    assert first["url"] == f"/c/demo/write/{post.pk}/"
    assert browser.post("/c/demo/write/save/", sent).json()["rev"] == 1
    assert Post.objects.count() == 1


def test_a_first_save_whose_answer_was_lost_is_taken_up_by_the_next(demo, owner, client_of):
    browser, sent = client_of(owner), written(title="Half a thou")
    browser.post("/c/demo/write/save/", sent)
    again = browser.post("/c/demo/write/save/", sent | {"title": "Half a thought"})
    assert (again.status_code, again.json()["rev"]) == (200, 2)
    assert Post.objects.get().title == "Half a thought"


def test_everything_typed_comes_back_finished_or_not(demo, owner, client_of):
    browser = client_of(owner)
    typed = written(
        title="", tags="ink,, paper", bylines="@nobody, Ada", opens="2001-13-99T10:00", kind="lesson", audience="circle",
        lesson_minutes="about ten", offer_code="KEPT-TOO", opening_rung_1="insider", unlisted="on", teaser="t" * 700,
    )  # fmt: skip
    url = browser.post("/c/demo/write/save/", typed).json()["url"]
    form = browser.get(url).context["form"]
    for name, value in typed.items():
        if name not in ("rev", "request"):
            assert str(form[name].value()) == value, name


def test_line_ends_and_nul_bytes_are_made_ours(demo, owner, client_of):
    client_of(owner).post("/c/demo/write/save/", written(body="one\r\ntwo\rthree\x00", title="a\x00b"))
    post = Post.objects.get()
    assert (post.source, post.title) == ("one\ntwo\nthree", "ab")


def test_another_tab_is_told_and_nothing_is_overwritten(demo, owner, client_of):
    browser = client_of(owner)
    url = browser.post("/c/demo/write/save/", written(body="first")).json()["url"]
    assert browser.post(f"{url}save/", written(body="from tab one", rev=1)).json()["rev"] == 2
    late = browser.post(f"{url}save/", written(body="from tab two", rev=1))
    assert (late.status_code, late.json()["rev"]) == (409, 2)
    assert Post.objects.get().source == "from tab one"
    page = browser.post(url, written(body="from tab two", rev=1, action="save"))
    assert page.status_code == 409
    text = page.content.decode()
    assert "from tab two" in text
    assert "Look at the other version in a new tab" in text
    kept = browser.post(url, written(body="from tab two", rev=page.context["form"]["rev"].value(), action="save"))
    assert kept.status_code == 302
    assert Post.objects.get().source == "from tab two"


def test_publishing_over_another_tabs_text_is_refused_too(demo, owner, client_of):
    browser = client_of(owner)
    url = browser.post("/c/demo/write/save/", written(body="first")).json()["url"]
    browser.post(f"{url}save/", written(body="from tab one", rev=1))
    assert browser.post(url, written(body="from tab two", rev=1)).status_code == 409
    assert Post.objects.get().state == "draft"


def test_edits_of_a_published_post_wait_until_they_are_let_out(publish, owner, client_of, visitor):
    post, browser = publish("Out there", source="As it was."), client_of(owner)
    url = f"/c/demo/write/{post.pk}/"
    browser.post(f"{url}save/", written(title="Out there", body="As it will be.", rev=post.rev, tags="new"))
    assert "As it was." in client_of(visitor).get(post.url).content.decode()
    assert "As it will be." in browser.get(url).content.decode()
    assert "changes not out yet" in browser.get(url).content.decode()
    post.refresh_from_db()
    browser.post(url, written(title="Out there", body="As it will be.", rev=post.rev, tags="new"))
    post.refresh_from_db()
    page = client_of(visitor).get(post.url).content.decode()
    assert "As it will be." in page
    assert post.working is None
    assert post.edited_at is not None
    assert [tag.name for tag in post.tags.all()] == ["new"]


def test_edits_can_be_dropped(publish, owner, client_of):
    post, browser = publish("Out there", source="As it was."), client_of(owner)
    url = f"/c/demo/write/{post.pk}/"
    browser.post(f"{url}save/", written(title="Out there", body="Rubbish.", rev=post.rev))
    browser.post(f"{url}discard/")
    page = browser.get(url).content.decode()
    assert "As it was." in page
    assert "Rubbish." not in page


def test_changing_the_audience_of_what_is_out_announces_nothing_twice(publish, owner, client_of, visitor, insider):
    post, browser = publish("Out there", source="CANARY-BODY"), client_of(owner)
    sent = written(title="Out there", body="CANARY-BODY", audience="insider", rev=post.rev)
    browser.post(f"/c/demo/write/{post.pk}/", sent)
    post.refresh_from_db()
    assert post.rung == 20
    assert "CANARY-BODY" not in client_of(visitor).get(post.url).content.decode()
    assert "CANARY-BODY" in client_of(insider).get(post.url).content.decode()


def test_a_draft_is_nobody_elses_not_even_an_owners(demo, member, owner, moderator, client_of):
    url = client_of(member).post("/c/demo/write/save/", written(space="bench", title="CANARY-TITLE")).json()["url"]
    for person in (owner, moderator):
        browser = client_of(person)
        assert browser.get(url).status_code == 404
        assert browser.post(f"{url}save/", written(rev=1)).status_code == 404
        assert "CANARY-TITLE" not in browser.get("/c/demo/studio/").content.decode()
    assert Post.objects.get().title == "CANARY-TITLE"


def test_a_session_that_ended_gives_the_text_back(demo, owner, client_of, visitor):
    sent = written(title="Long hours", body="Two thousand words.", tags="kept")
    url = client_of(owner).post("/c/demo/write/save/", written()).json()["url"]
    for address in ("/c/demo/write/", url):
        answer = client_of(visitor).post(address, sent)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "Two thousand words." in page
        assert 'name="tags" value="kept"' in page
    assert client_of(visitor).post(f"{url}save/", sent).status_code == 302
    assert Post.objects.get().title == "First light"


def test_who_was_suspended_meanwhile_saves_no_more(demo, member, client_of):
    browser = client_of(member)
    url = browser.post("/c/demo/write/save/", written(space="bench")).json()["url"]
    Member.objects.filter(user=member).update(standing="suspended")
    assert browser.post(f"{url}save/", written(space="bench", title="Still here", rev=1)).status_code in (403, 404)
    assert browser.post(url, written(space="bench", rev=1)).status_code in (403, 404)
    post = Post.objects.get()
    assert (post.title, post.state) == ("First light", "draft")


def test_the_live_preview_is_the_servers_own_rendering(demo, owner, outsider, client_of):
    answer = client_of(owner).post("/c/demo/write/shown/", {"body": "A **bold** word <script>x</script>"})
    text = answer.content.decode()
    assert "<strong>bold</strong>" in text
    assert "<script>" not in text
    assert Post.objects.count() == 0
    assert client_of(outsider).post("/c/demo/write/shown/", {"body": "x"}).status_code == 404


@pytest.mark.parametrize("odd", ["", "nonsense", str(uuid.UUID(int=0)) + "0"])
def test_an_odd_request_id_still_makes_a_draft(demo, owner, client_of, odd):
    assert client_of(owner).post("/c/demo/write/save/", written(request=odd)).status_code == 200
    assert Post.objects.count() == 1


def test_a_token_from_before_signing_in_anew_gives_the_text_back_and_a_foreign_site_gets_nothing(demo, owner):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner, backend="communities.people.backend.Backend")
    sent = written(body="Two thousand words.", tags="kept", csrfmiddlewaretoken="x" * 64)
    foreign = browser.post("/c/demo/write/", sent, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert b"Two thousand words." not in foreign.content
    ours = browser.post("/c/demo/write/", sent, headers={"sec-fetch-site": "same-origin"})
    page = ours.content.decode()
    assert ours.status_code == 403
    assert "Two thousand words." in page
    assert 'name="tags" value="kept"' in page
    assert Post.objects.count() == 0
    fresh = page.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    again = browser.post("/c/demo/write/", sent | {"csrfmiddlewaretoken": fresh})
    assert again["Location"] == Post.objects.get().url
