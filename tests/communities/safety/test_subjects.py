"""Hiding is for any registered kind: what is not gated by itself is seen as its thing is, and what hangs on it follows."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from communities.access import things
from communities.access.models import State
from communities.access.things import Thing
from communities.comments.models import Comment, Thread
from communities.safety import subjects
from communities.safety.actions import hide, restore
from communities.safety.models import Act
from communities.safety.subjects import Subject, row_of, standing_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def remark(demo, member, monkeypatch) -> Comment:
    """A comment as its app would register it: the team and members know of it, others do not."""
    thread = Thread.objects.create(community=demo, kind="post", object_id=1, count=1, last=1)
    row = Comment.objects.create(
        community=demo, thread=thread, author=member, number=1, root=1, source="Rude.", html=""
    )

    def load(ids, viewer):
        known = viewer.is_member or viewer.is_team
        return {pk: Thing("comment", pk, demo.pk, "Rude.", f"/x/#c{pk}", True, member.pk) for pk in ids if known}

    def counted(comment: Comment) -> None:
        Thread.objects.filter(pk=thread.pk).update(count=thread.comments.filter(state=State.PUBLISHED).count())

    monkeypatch.setitem(things._loaders, "comment", load)
    spoken = Subject("comment", Comment, "comment", lambda one: one.source, counted)
    monkeypatch.setitem(subjects._subjects, "comment", spoken)
    return row


def test_a_comment_is_hidden_and_restored_and_its_thread_counts_along(remark, seen_by, moderator) -> None:
    hide(seen_by(moderator), obj=remark, reason="Unkind.")
    remark.thread.refresh_from_db()
    assert (Comment.objects.get().state, remark.thread.count) == (State.HIDDEN, 0)
    restore(seen_by(moderator), obj=remark, reason="It was a quotation.")
    remark.thread.refresh_from_db()
    assert (Comment.objects.get().state, remark.thread.count) == (State.PUBLISHED, 1)
    assert list(Act.objects.values_list("verb", "kind", "object_id")) == [
        ("restored", "comment", remark.pk),
        ("hidden", "comment", remark.pk),
    ]


def test_who_may_not_know_of_it_finds_nothing_and_who_may_not_moderate_is_refused(remark, seen_by, insider, outsider):
    with pytest.raises(PermissionDenied):
        hide(seen_by(insider), obj=remark, reason="No.")
    with pytest.raises(Http404):
        hide(seen_by(outsider), obj=remark, reason="No.")
    assert (Comment.objects.get().state, Act.objects.count()) == (State.PUBLISHED, 0)


def test_rows_are_found_by_kind_and_texts_counted_across_kinds(remark, publish, demo, member) -> None:
    post = publish("Mine", author=member, space="bench")
    assert (row_of("comment", remark.pk), row_of("post", post.pk)) == (remark, post)
    assert (row_of("comment", remark.pk + 1), row_of("nothing", 1)) == (None, None)
    assert [standing_texts(member.pk, demo.pk, most) for most in (1, 2, 5)] == [1, 2, 2]
