"""What somebody said: carried away with its earlier versions, and erased to tombstones that keep a thread in shape.

Names that other kinds of text call (messages) are seen to here as well: an upper app says so by `register_calling`.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.access.models import State
from communities.access.words import words_changed
from communities.comments.actions import erase_comment, touch
from communities.comments.models import Comment, Follow, Mention, Quote, Revision, Written
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
_calling: dict[str, tuple[type[Written], Callable[[Any], None]]] = {}


def register_calling(kind: str, model: type[Written], changed: Callable[[Any], None]) -> None:
    """A kind of text that calls people, with `community` and `revisions`. changed: told of each in which a name was rewritten."""
    _calling[kind] = (model, changed)


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
    places: dict[tuple[str, int], Any] = {}
    for kind, (model, _changed) in _calling.items():
        ids = [row.object_id for row in rows if row.kind == kind]
        texts: Any = model._default_manager  # every kind that calls has a community
        found: dict[int, Any] = texts.select_related("community").in_bulk(ids)
        places |= {(kind, pk): text.community for pk, text in found.items()}
    about = traveller.things((places.get((row.kind, row.object_id)), row.kind, row.object_id) for row in rows)
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
    own = Q()
    for name in names:
        own |= Q(source__icontains=f"@{name}")
    more = False
    for kind, (model, _changed) in _calling.items():
        calls = Mention.objects.filter(user=leaver.user, kind=kind)
        some = list(calls.values_list("object_id", flat=True)[:BATCH])
        rows = model._default_manager.filter(Q(pk__in=some) | (Q(author=leaver.user) & own))
        _rewrite(kind, rows, call, GONE, call, GONE)
        calls.filter(object_id__in=some).delete()
        more = more or len(some) == BATCH
    Mention.objects.filter(user=leaver.user).exclude(kind__in=_calling).delete()
    return more


def erase_quotes(leaver: Leaver) -> bool:
    """Their name over their words wherever others quoted them: a quote links to the comment that it is from."""
    some = list(Quote.objects.filter(of__author=leaver.user).order_by("pk")[:BATCH])
    mine = {quote.of_id for quote in some}
    texts = Comment.objects.filter(pk__in={quote.text_id for quote in some})
    _rewrite(Comment.KIND, texts, _Heads(_IN_SOURCE, mine), f"[{GONE}]", _Heads(_IN_HTML, mine), GONE)
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


def _rewrite(kind: str, rows: QuerySet, source: Any, in_source: str, html: Any, in_html: str) -> None:
    """Writes what changed alone, and not as an edit: nobody said anything new."""
    model, changed = _calling[kind]
    for row in rows.select_related("community").prefetch_related("revisions").iterator(BATCH):
        words = source.sub(in_source, row.source), html.sub(in_html, row.html)
        if words != (row.source, row.html):
            model._default_manager.filter(pk=row.pk).update(source=words[0], html=words[1])
            words_changed(kind, [row.pk])
            changed(row)
        for old in row.revisions.all():
            if (text := source.sub(in_source, old.source)) != old.source:
                type(old)._default_manager.filter(pk=old.pk).update(source=text)


def _bump(rows: QuerySet) -> bool:
    for slug in set(rows.order_by().values_list("community__slug", flat=True)):
        pagecache.bump(slug)
    return False


def _rewritten(row: Comment) -> None:
    """The page with it is made anew, and so is the comment on open screens."""
    pagecache.bump(row.community.slug)
    touch(row)


def erase_follows(leaver: Leaver) -> bool:
    Follow.objects.filter(user=leaver.user).delete()
    return False


register_calling(Comment.KIND, Comment, _rewritten)
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
