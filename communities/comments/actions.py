"""Writes of the talk: say something, edit it, take it away, close a thread. A thread's count follows in one place."""

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.models import State
from communities.access.rules import require
from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.access.words import words_changed
from communities.activity.actions import record
from communities.comments.models import Comment, Follow, Mention, Quote, Revision, Thread
from communities.comments.quoting import note_quotes
from communities.comments.telling import tell
from communities.comments.texts import Text, read_text
from communities.embeds.actions import forget_previews, want_preview
from communities.members.models import Member
from communities.reactions.actions import erase_reactions
from communities.spaces.models import Community
from communities.ui import pagecache
from communities.ui.written import written

LONGEST = 20_000  # characters


def write_comment(
    viewer: Viewer,
    *,
    place: Community,
    about: Thing,
    body: str,
    answers: Comment | None = None,
    request: uuid.UUID | None = None,
    title: str | None = None,
) -> Comment:
    """A comment on a thing, or an answer in a branch; with the same request id asked again it is the one that is there.

    title: the writer's, where the caller knows it. Raises PermissionDenied where the viewer may not write here at all, and
    ValidationError by field (`body`, `answers`). Records comment.written and, where somebody is called, comment.mentioned.
    """
    _may_write(viewer, about)
    assert viewer.user_id is not None  # whoever takes part is signed in
    request = request or uuid.uuid4()
    try:
        return _written(viewer, place, about, body, answers, request, title)
    except (ValidationError, IntegrityError):  # once more is no second comment, whatever it is refused for by now
        if (twin := _sent_before(viewer.user_id, request)) is not None:
            return twin
        raise


@transaction.atomic
def _written(
    viewer: Viewer,
    place: Community,
    about: Thing,
    body: str,
    answers: Comment | None,
    request: uuid.UUID,
    title: str | None,
) -> Comment:
    """All of it or nothing. IntegrityError where the request was sent before."""
    text = _read(viewer, place, about, body)
    row = Comment(
        community=place,
        author_id=viewer.user_id or 0,
        source=text.source,
        html=text.html,
        answers=answers,
        request=request,
        by_team=viewer.speaks_for_team or bool(_title_of(viewer) if title is None else title),
        created_at=timezone.now(),
    )
    _take_number(row, about)
    if answers is not None and (answers.thread_id != row.thread_id or answers.state != State.PUBLISHED):
        raise ValidationError(
            {"answers": _("What you answer was taken away meanwhile. Send it again to say it to all.")}
        )
    row.save(force_insert=True)
    note_quotes(row)
    Follow.objects.bulk_create([Follow(thread_id=row.thread_id, user_id=row.author_id)], ignore_conflicts=True)
    record("comment.written", community=place, actor=row.author_id, obj=row, key=f"comment.written:{row.pk}")
    _call(row, text)
    want_preview(Comment.KIND, row.pk, row.html, place=place)
    pagecache.bump_part(place.slug, about.kind, about.id)
    tell(about.kind, about.id)
    return row


@transaction.atomic
def edit_comment(viewer: Viewer, *, comment: Comment, about: Thing, body: str) -> Comment:
    """Only the author's; what it said before is kept for the team. Nothing changed: nothing is recorded. Records comment.edited.

    Raises ValidationError where somebody else, or oneself in another tab, changed it since `comment` was read.
    """
    _may_write(viewer, about)
    if comment.author_id != viewer.user_id or comment.state != State.PUBLISHED:
        raise PermissionDenied
    if comment.thread.closed:
        raise ValidationError({"body": _("This talk is closed: everybody reads, nobody writes any more.")})
    text = _read(viewer, comment.community, about, body, edited=comment)
    if text.source == comment.source:
        return comment
    now = timezone.now()
    same = Comment.objects.filter(pk=comment.pk, state=State.PUBLISHED, source=comment.source)
    if not same.update(source=text.source, html=text.html, edited_at=now):
        raise ValidationError({"body": _("This comment was changed elsewhere since you opened it. Have a look first.")})
    Revision.objects.create(comment=comment, source=comment.source, at=now)
    comment.source, comment.html, comment.edited_at = text.source, text.html, now
    note_quotes(comment)
    words_changed(Comment.KIND, [comment.pk])
    record("comment.edited", community=comment.community_id, actor=viewer.user_id, obj=comment)
    _call(comment, text)
    want_preview(Comment.KIND, comment.pk, comment.html, place=comment.community, edited=True)
    touch(comment)
    return comment


@transaction.atomic
def remove_comment(viewer: Viewer, *, comment: Comment) -> None:
    """The author takes it away for good: text, older texts, signs and names called are erased; its place stays where
    something answers it. Twice is once. Records comment.removed."""
    if comment.author_id != viewer.user_id or not viewer.takes_part:
        raise PermissionDenied
    if erase_comment(comment):
        record("comment.removed", community=comment.community_id, actor=viewer.user_id, obj=comment)


@transaction.atomic
def erase_comment(comment: Comment) -> bool:
    """What remains is an empty row that holds the shape of its branch. False where it was gone already. Records nothing."""
    there = Comment.objects.filter(pk=comment.pk)
    gone = {"state": State.REMOVED, "source": "", "html": ""}
    stood = there.filter(state=State.PUBLISHED).update(**gone)
    if not stood and not there.filter(state=State.HIDDEN).update(**gone):
        return False
    comment.state, comment.source, comment.html = State.REMOVED, "", ""
    Revision.objects.filter(comment=comment).delete()
    Mention.objects.filter(kind=Comment.KIND, object_id=comment.pk).delete()
    Quote.objects.filter(text=comment).delete()
    forget_previews(Comment.KIND, [comment.pk])
    erase_reactions(Comment.KIND, comment.pk)
    words_changed(Comment.KIND, [comment.pk])
    touch(comment, count=-1 if stood else 0)
    return True


def follow_state(comment: Comment) -> None:
    """After safety hid or restored a comment, in the same transaction."""
    touch(comment, count=1 if comment.state == State.PUBLISHED else -1)


@transaction.atomic
def close_thread(viewer: Viewer, *, thread: Thread, closed: bool) -> None:
    """Nobody writes there any more, or again. Records thread.closed or thread.reopened."""
    require(viewer, "moderate")
    if not Thread.objects.filter(pk=thread.pk, closed=not closed).update(closed=closed):
        return
    thread.closed = closed
    verb = "thread.closed" if closed else "thread.reopened"
    place, actor = thread.community_id, viewer.user_id
    record(verb, community=place, actor=actor, kind=thread.kind, object_id=thread.object_id)
    _touch(thread, thread.community.slug)


def thread_of(place: Community, about: Thing) -> Thread:
    """The one thread of a thing, made when it is first needed."""
    thread, _new = Thread.objects.get_or_create(kind=about.kind, object_id=about.id, defaults={"community": place})
    return thread


def note_reaction(community_id: int, kind: str, object_id: int) -> None:
    """Somebody reacted: whoever keeps this talk makes it anew. Registered with reactions."""
    wanted = {"comments": object_id} if kind == Comment.KIND else {"kind": kind, "object_id": object_id}
    thread = Thread.objects.select_related("community").filter(**wanted).first()
    if thread is None and kind != Comment.KIND:
        made, _new = Thread.objects.get_or_create(
            kind=kind, object_id=object_id, defaults={"community_id": community_id}
        )
        thread = made
    if thread is not None:
        _touch(thread, thread.community.slug, object_id if kind == Comment.KIND else None)


def touch_by_id(pk: int) -> None:
    """Registered with embeds: a preview came, or went."""
    row = Comment.objects.select_related("thread", "community").filter(pk=pk).first()
    if row is not None:
        touch(row)


def touch(comment: Comment, *, count: int = 0) -> None:
    """Something about it is otherwise: its thread's counter moves, and open screens hear of it after the commit."""
    _touch(comment.thread, comment.community.slug, comment.pk, count)


def _touch(thread: Thread, slug: str, comment_id: int | None = None, count: int = 0) -> None:
    """The only place that changes a thread after a comment is written; every change moves its `rev`, of one comment or its own."""
    mine = Thread.objects.filter(pk=thread.pk)
    if comment_id is None:
        mine.update(rev=F("rev") + 1, own_rev=F("rev") + 1)
    else:
        mine.update(rev=F("rev") + 1, count=F("count") + count)
        Comment.objects.filter(pk=comment_id).update(rev=Subquery(mine.values("rev")[:1]))
    pagecache.bump_part(slug, thread.kind, thread.object_id)
    tell(thread.kind, thread.object_id)


def _take_number(row: Comment, about: Thing) -> None:
    """The next number of an open thread is nobody else's: the update holds the thread's row until commit."""
    now = row.created_at
    changes: dict[str, object] = {"last": F("last") + 1, "count": F("count") + 1, "rev": F("rev") + 1, "spoken_at": now}
    if _is_an_answer_by_the_team(row, about):
        changes["answered_at"] = now
    mine = Thread.objects.filter(kind=about.kind, object_id=about.id)
    still_open = mine.filter(closed=False)
    if not still_open.update(**changes) and (
        thread_of(row.community, about).closed or not still_open.update(**changes)
    ):
        raise ValidationError({"body": _("This talk is closed: everybody reads, nobody writes any more.")})
    ((row.thread_id, row.number, row.rev),) = _counters(about.kind, about.id)
    row.root = row.answers.root if row.answers is not None else row.number


@written
def _counters(kind: str, object_id: int) -> QuerySet[Thread, tuple[int, int, int]]:
    return Thread.objects.filter(kind=kind, object_id=object_id).values_list("pk", "last", "rev")


def _is_an_answer_by_the_team(row: Comment, about: Thing) -> bool:
    """Who answers themselves answers nobody."""
    asked_by = row.answers.author_id if row.answers is not None else about.author_id
    return row.by_team and asked_by != row.author_id


def _may_write(viewer: Viewer, about: Thing) -> None:
    if not about.readable or not about.comments:
        raise PermissionDenied
    if not viewer.takes_part:
        raise PermissionDenied(_("Members talk here. Join to answer."))


def _sent_before(user_id: int, request: uuid.UUID) -> Comment | None:
    return Comment.objects.filter(author_id=user_id, request=request).first()


def _title_of(viewer: Viewer) -> str:
    seats = Member.objects.filter(community_id=viewer.community_id or 0, user_id=viewer.user_id or 0)
    return seats.values_list("title", flat=True).first() or ""


def _read(viewer: Viewer, place: Community, about: Thing, body: str, *, edited: Comment | None = None) -> Text:
    return read_text(viewer, place, about, body, kind=Comment.KIND, longest=LONGEST, edited=edited)


def _call(row: Comment, text: Text) -> None:
    if text.calls(Comment.KIND, row.pk, row.author_id):
        record("comment.mentioned", community=row.community_id, actor=row.author_id, obj=row)
