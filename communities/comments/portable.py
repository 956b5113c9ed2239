"""What somebody said: carried away with its earlier versions, and erased to tombstones that keep a thread in shape."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.access.models import State
from communities.comments.actions import erase_comment
from communities.comments.models import Comment, Follow, Mention, Quote, Revision
from communities.people.portable import (
    Leaver,
    Line,
    Section,
    forget_log,
    moment,
    register_eraser,
    register_section,
)
from communities.people.traveller import Traveller
from communities.safety.portable import moderation_of
from communities.ui import pagecache

BATCH = 200
GONE = "@gone"  # nobody's handle: see people.handles.RESERVED
_PAGE = r"/c/[^/\"\s]+/comments/(?P<number>\d{1,18})/"
_IN_SOURCE = re.compile(rf"(?P<words>\[(?:\\.|[^\]\\])*\])\({_PAGE}[^)\s]*\)")
_IN_HTML = re.compile(rf'<a\b[^>]*href="{_PAGE}[^"]*"[^>]*>(?P<words>[^<]*)</a>')


def _comments(traveller: Traveller, rows: Sequence[Comment]) -> list[Line]:
    about = traveller.things((row.community, row.thread.kind, row.thread.object_id) for row in rows)
    acts = moderation_of(Comment.KIND, [row.pk for row in rows])
    return [
        {
            "number": row.number,
            "community": traveller.place(row.community),
            "thing": about.get((row.thread.kind, row.thread.object_id)) or f"{row.thread.kind} {row.thread.object_id}",
            "reply_to": row.answers.number if row.answers else None,
            "text": row.source,
            "state": row.state,
            "at": moment(row.created_at),
            "edited_at": moment(row.edited_at),
            "revisions": [{"text": old.source, "at": moment(old.at)} for old in row.revisions.all()],
            "moderation": acts.get(row.pk, []),
        }
        for row in rows
    ]


def _mentions(traveller: Traveller, rows: Sequence[Mention]) -> list[Line]:
    """Where they were called, by address alone: the words are somebody else's."""
    called = Comment.objects.select_related("community").in_bulk(
        [row.object_id for row in rows if row.kind == Comment.KIND]
    )
    places = {pk: comment.community for pk, comment in called.items()}
    about = traveller.things((places.get(row.object_id), row.kind, row.object_id) for row in rows)
    return [
        {"thing": (about.get((row.kind, row.object_id)) or {}).get("address") or f"{row.kind} {row.object_id}"}
        for row in rows
    ]


def _follows(traveller: Traveller, rows: Sequence[Follow]) -> list[Line]:
    about = traveller.things((row.thread.community, row.thread.kind, row.thread.object_id) for row in rows)
    return [
        {
            "thing": about.get((row.thread.kind, row.thread.object_id)) or f"{row.thread.kind} {row.thread.object_id}",
            "at": moment(row.at),
        }
        for row in rows
    ]


def erase_comments(leaver: Leaver) -> bool:
    """Erased: an empty row that keeps its branch in shape. Kept: the words stay, those from before an edit go."""
    mine = Comment.objects.filter(author=leaver.user)
    if not leaver.erase:
        Revision.objects.filter(comment__author=leaver.user).delete()
        return _bump(mine)
    left = list(mine.exclude(state=State.REMOVED).select_related("thread", "community").order_by("pk")[:BATCH])
    for row in left:
        erase_comment(row)
    forget_log(Comment, [row.pk for row in left])
    return len(left) == BATCH


def erase_calls(leaver: Leaver) -> bool:
    """Their handles, today's and the ones before, in what others wrote and in what stays of their own: they become @gone."""
    names = [leaver.user.handle, *leaver.user.old_handles.values_list("handle", flat=True)]
    words = "|".join(re.escape(name) for name in names)
    call = re.compile(rf"<a\b[^>]*>@(?:{words})</a>|@(?:{words})(?![\w-])", re.IGNORECASE)
    calls = Mention.objects.filter(user=leaver.user)
    some = list(calls.filter(kind=Comment.KIND).values_list("object_id", flat=True)[:BATCH])
    own = Q()
    for name in names:
        own |= Q(source__icontains=f"@{name}")
    _rewrite(Comment.objects.filter(Q(pk__in=some) | (Q(author=leaver.user) & own)), call, GONE, call, GONE)
    calls.filter(Q(object_id__in=some) | ~Q(kind=Comment.KIND)).delete()
    return len(some) == BATCH


def erase_quotes(leaver: Leaver) -> bool:
    """Their name over their words wherever others quoted them: a quote links to the comment that it is from."""
    some = list(Quote.objects.filter(of__author=leaver.user).order_by("pk")[:BATCH])
    mine = {quote.of_id for quote in some}
    texts = Comment.objects.filter(pk__in={quote.text_id for quote in some})
    _rewrite(texts, _Heads(_IN_SOURCE, mine), f"[{GONE}]", _Heads(_IN_HTML, mine), GONE)
    Quote.objects.filter(pk__in=[quote.pk for quote in some]).delete()
    return len(some) == BATCH


class _Heads:
    """Links to comments of theirs, whatever name stands on them."""

    def __init__(self, link: re.Pattern[str], numbers: set[int]) -> None:
        self.link, self.numbers = link, numbers

    def sub(self, words: str, text: str) -> str:
        def renamed(found: re.Match[str]) -> str:
            return found[0].replace(found["words"], words, 1) if int(found["number"]) in self.numbers else found[0]

        return self.link.sub(renamed, text)


def _rewrite(rows: QuerySet, source: Any, in_source: str, html: Any, in_html: str) -> None:
    """Writes what changed alone, and not as an edit: nobody said anything new."""
    for row in rows.select_related("community", "thread").prefetch_related("revisions").iterator(BATCH):
        texts = source.sub(in_source, row.source), html.sub(in_html, row.html)
        if texts != (row.source, row.html):
            Comment.objects.filter(pk=row.pk).update(source=texts[0], html=texts[1])
            pagecache.bump(row.community.slug)
        for old in row.revisions.all():
            if (text := source.sub(in_source, old.source)) != old.source:
                Revision.objects.filter(pk=old.pk).update(source=text)


def _bump(rows: QuerySet) -> bool:
    for slug in set(rows.order_by().values_list("community__slug", flat=True)):
        pagecache.bump(slug)
    return False


def erase_follows(leaver: Leaver) -> bool:
    Follow.objects.filter(user=leaver.user).delete()
    return False


register_section(
    Section(
        "comments",
        _("What you said"),
        ("comments.Comment", "comments.Revision"),
        lambda user: (
            Comment.objects.filter(author=user)
            .select_related("community", "thread", "answers")
            .prefetch_related("revisions")
        ),
        _comments,
        30,
    )
)
register_section(
    Section(
        "mentions",
        _("Where you were called"),
        ("comments.Mention",),
        lambda user: Mention.objects.filter(user=user),
        _mentions,
        36,
    )
)
register_section(
    Section(
        "follows",
        _("Talk you follow"),
        ("comments.Follow",),
        lambda user: Follow.objects.filter(user=user).select_related("thread__community"),
        _follows,
        37,
    )
)
register_eraser("quotes", erase_quotes, order=18)
register_eraser("comments", erase_comments, order=20)
register_eraser("calls", erase_calls, order=21)
register_eraser("follows", erase_follows, order=22)
