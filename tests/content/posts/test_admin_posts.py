"""Posts at the desk: hidden and restored with a reason, one or many, and never typed over; drafts stay with their authors."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from communities.access.viewer import viewer_for
from communities.people.models import User
from communities.safety.actions import hide
from communities.safety.models import Act
from communities.spaces.models import Community, Space
from content.posts.actions import set_tags, start_draft
from content.posts.models import Post, Tag
from tests.desk import brand, browser, root, rows_of_everything

LIST = "/admin/posts/post/"
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>"


def act(post: Post, name: str) -> str:
    return f"{LIST}{post.pk}/act/{name}/"


@pytest.fixture
def desk(db: None) -> Any:
    """The browser of a brand moderator."""
    return browser(brand("watch", "moderator"))


def test_hiding_asks_for_a_reason_and_logs_who_what_why_before_and_after(desk, publish) -> None:
    post = publish("Loud")
    asked = desk.get(act(post, "hide"))
    assert asked.status_code == 200 and 'name="reason"' in asked.content.decode()
    empty = desk.post(act(post, "hide"), {"reason": "  "})
    assert empty.context["form"].errors == {"reason": ["This field is required."]}
    assert Post.objects.get().state == "published" and not Act.objects.exists()
    done = desk.post(act(post, "hide"), {"reason": "An advert."})
    assert done["location"] == f"{LIST}{post.pk}/change/"
    assert Post.objects.get().state == "hidden"
    row = Act.objects.get()
    assert (row.actor.name, row.verb, row.reason) == ("Watch", "hidden", "An advert.")
    assert (row.before, row.after) == ({"state": "published"}, {"state": "hidden"})


def test_restoring_takes_the_act_back_and_the_history_tells_both(desk, publish) -> None:
    post = publish("Loud")
    desk.post(act(post, "hide"), {"reason": "An advert."})
    desk.post(act(post, "restore"), {"reason": "It was a review."})
    assert Post.objects.get().state == "published"
    assert Act.objects.get(verb="restored").undoes == Act.objects.get(verb="hidden")
    lines = desk.get(f"{LIST}{post.pk}/history/").context["lines"]
    assert [(line.who, line.what, line.why, line.before, line.after) for line in lines] == [
        ("Watch", "restored", "It was a review.", "state hidden", "state published"),
        ("Watch", "hidden", "An advert.", "state published", "state hidden"),
    ]


def test_what_the_action_refuses_is_said_on_the_form_with_what_was_typed(desk, publish, seen_by, owner: User) -> None:
    post = publish("Loud")
    page = desk.get(act(post, "hide"))
    hide(seen_by(owner), obj=post, reason="somebody else was faster")
    answer = desk.post(act(post, "hide"), {"reason": "An advert."})
    assert page.status_code == answer.status_code == 200
    assert answer.context["form"].non_field_errors() == ["Only what is published can be hidden."]
    assert "An advert." in answer.content.decode()
    assert Act.objects.count() == 1


def test_the_buttons_shown_are_those_that_make_sense(desk, publish) -> None:
    post = publish("Loud")
    assert [button.name for button, _url in desk.get(f"{LIST}{post.pk}/change/").context["buttons"]] == ["hide"]
    desk.post(act(post, "hide"), {"reason": "An advert."})
    assert [button.name for button, _url in desk.get(f"{LIST}{post.pk}/change/").context["buttons"]] == ["restore"]


def test_many_are_hidden_with_one_reason_and_each_is_logged(desk, publish, seen_by, owner: User) -> None:
    first, second, third = publish("One"), publish("Two"), publish("Three")
    hide(seen_by(owner), obj=third, reason="earlier")
    chosen = {"action": "hide", "_selected_action": [first.pk, second.pk, third.pk]}
    asked = desk.post(LIST, chosen)
    assert asked.status_code == 200 and Post.objects.filter(state="hidden").count() == 1
    assert desk.post(LIST, {**chosen, "apply": "1", "reason": ""}).context["form"].errors
    done = desk.post(LIST, {**chosen, "apply": "1", "reason": "A wave of spam."}, follow=True)
    assert [str(message) for message in done.context["messages"]] == [
        "Three stays as it was. Only what is published can be hidden.",
        "Hidden from everybody but its author and the team: 2 rows.",
    ]
    told = Act.objects.filter(reason="A wave of spam.").values_list("object_id", "verb", "actor__name")
    assert set(told) == {(first.pk, "hidden", "Watch"), (second.pk, "hidden", "Watch")}


def test_more_than_two_hundred_at_once_are_refused(desk, publish) -> None:
    post = publish("One")
    copies = [
        Post(community=post.community, space=post.space, author=post.author, state="published", opens_at=post.opens_at)
        for _ in range(201)
    ]
    Post.objects.bulk_create(copies)
    chosen = {"action": "hide", "_selected_action": [post.pk], "select_across": "1", "apply": "1", "reason": "all"}
    done = desk.post(LIST, chosen, follow=True)
    assert [str(message) for message in done.context["messages"]] == ["That is more than 200 at once. Choose fewer."]
    assert not Post.objects.filter(state="hidden").exists()


def test_a_bulk_action_made_by_hand_is_refused_to_who_may_only_look(publish) -> None:
    post = publish("One")
    client = browser(brand("analyst"))
    before = rows_of_everything()
    chosen = {"action": "hide", "_selected_action": [post.pk], "apply": "1", "reason": "forged"}
    assert client.post(LIST, chosen).status_code == 403
    assert client.post(LIST, {**chosen, "action": "delete_selected", "post": "yes"}).status_code == 403
    assert rows_of_everything() == before


def test_list_editable_fields_made_by_hand_change_nothing(desk, publish) -> None:
    post = publish("One")
    before = rows_of_everything()
    desk.post(
        LIST,
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": post.pk, "form-0-title": "X", "_save": "1"},
    )
    assert desk.post(f"{LIST}{post.pk}/change/", {"title": "X", "state": "removed"}).status_code == 403
    assert rows_of_everything() == before


def test_drafts_and_what_does_not_exist_are_the_same_404(desk, demo: Community, owner: User) -> None:
    draft = start_draft(
        viewer_for(owner, demo), space=Space.objects.get(slug="journal"), title="Secret plan", source="x"
    )
    for number in (draft.pk, 999_999):
        pages = [
            desk.get(f"{LIST}{number}/{page}/") for page in ("change", "history", "delete", "act/hide", "act/restore")
        ]
        pages.append(desk.post(f"{LIST}{number}/act/hide/", {"reason": "x"}))
        assert [page.status_code for page in pages] == [404] * 6
    assert b"Secret plan" not in desk.get(LIST).content
    assert Post.objects.get().state == "draft"


def test_names_titles_and_reasons_are_inert(desk, publish, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(name=XSS[:80], bio=XSS)
    Community.objects.update(name=XSS[:80])
    post = publish(XSS, teaser=XSS, source=XSS)
    set_tags(post, [XSS[:60]])
    desk.post(act(post, "hide"), {"reason": XSS})
    pages = [
        "/admin/",
        LIST,
        f"{LIST}{post.pk}/change/",
        f"{LIST}{post.pk}/history/",
        act(post, "restore"),
        "/admin/posts/tag/",
        f"/admin/posts/tag/{Tag.objects.get().pk}/delete/",
        "/admin/safety/act/",
        f"/admin/people/user/{owner.pk}/change/",
        "/admin/people/user/",
        "/admin/members/member/",
        "/admin/spaces/community/",
    ]
    for page in pages:
        answer = desk.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text, page


def test_the_list_asks_as_many_queries_for_forty_posts_as_for_two(desk, publish, django_assert_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    publish("One")
    publish("Two")
    desk.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(LIST)
    post = Post.objects.first()
    copies = [
        Post(community=post.community, space=post.space, author=post.author, state="published", opens_at=post.opens_at)
        for _ in range(38)
    ]
    Post.objects.bulk_create(copies)
    with django_assert_num_queries(len(few)):
        page = desk.get(LIST)
    assert page.context["cl"].result_count == 40
    assert len(few) <= 15


def test_the_text_of_posts_stays_in_the_database_for_a_list(desk, publish) -> None:
    publish("One", source="A very long text that no list shows.")
    rows = desk.get(LIST).context["cl"].result_list
    assert {"source", "html", "working"} <= rows[0].get_deferred_fields()


def test_searching_finds_titles_numbers_and_authors(desk, publish) -> None:
    found = publish("The grain of the paper")
    publish("Ink")
    assert [row.pk for row in desk.get(LIST, {"q": "grain"}).context["cl"].result_list] == [found.pk]
    assert [row.pk for row in desk.get(LIST, {"q": str(found.pk)}).context["cl"].result_list] == [found.pk]
    assert len(desk.get(LIST, {"q": "owner@test"}).context["cl"].result_list) == 2


def test_a_tag_is_renamed_with_before_and_after_and_taken_away(desk, publish) -> None:
    set_tags(publish("One"), ["riso"])
    tag = Tag.objects.get()
    desk.post(f"/admin/posts/tag/{tag.pk}/change/", {"name": "Risograph", "slug": "forged", "community": "9"})
    tag.refresh_from_db()
    assert (tag.name, tag.slug) == ("Risograph", "riso")
    lines = desk.get(f"/admin/posts/tag/{tag.pk}/history/").context["lines"]
    assert [(line.who, line.what, line.before, line.after) for line in lines] == [
        ("Watch", "Name", "riso", "Risograph")
    ]
    assert desk.post(f"/admin/posts/tag/{tag.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Tag.objects.exists() and Post.objects.count() == 1
    assert LogEntry.objects.count() == 2


def test_a_superuser_hides_in_every_community(publish) -> None:
    post = publish("Loud")
    assert browser(root()).post(act(post, "hide"), {"reason": "spam"}).status_code == 302
    assert Post.objects.get().state == "hidden"
