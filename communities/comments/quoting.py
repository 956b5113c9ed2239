"""Somebody's words as a Markdown quote that names them, where such quotes stand, and which comment somebody answers."""

import re

from django.utils.translation import gettext as _

from communities.access.models import State
from communities.comments.models import Comment, Quote
from communities.spaces.request import PlaceRequest

LONGEST = 1_200  # characters of what is quoted: enough to know what is meant
_LINKED = re.compile(r'href="/c/[^/"]+/comments/(\d{1,18})/')
_GAPS = re.compile(r"\n\s*\n")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~@!])")


def quote_of(comment: Comment) -> str:
    """Needs `author` and `community` loaded. Quotes inside of it are left out: their own comments are a click away."""
    lines = [line for line in comment.source.splitlines() if not line.lstrip().startswith(">")]
    text = _GAPS.sub("\n\n", "\n".join(lines)).strip()
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit(None, 1)[0] + " …"
    name = _MARKS.sub(r"\\\1", " ".join(str(comment.author).split()))
    head = _("[%(name)s wrote](%(url)s)") % {"name": name, "url": comment.url}
    return "\n".join(f"> {line}".rstrip() for line in (head, "", *text.split("\n"))) + "\n\n"


def note_quotes(row: Comment) -> None:
    """Writes down which comments this text links to, whoever wrote them and wherever they stand."""
    numbers = {int(number) for number in _LINKED.findall(row.html)} - {row.pk}
    if numbers:
        known = Comment.objects.filter(pk__in=numbers).order_by("pk").values_list("pk", flat=True)
        Quote.objects.bulk_create([Quote(text=row, of_id=pk) for pk in known], ignore_conflicts=True)


def number_of(raw: str) -> int | None:
    return int(raw) if raw.isdecimal() and len(raw) < 19 else None


def answered(request: PlaceRequest, kind: str, object_id: int, raw: str) -> Comment | None:
    """The comment with this number, where it stands under this thing; None for any other."""
    number = number_of(raw)
    if number is None:
        return None
    rows = Comment.objects.filter(pk=number, thread__kind=kind, thread__object_id=object_id, state=State.PUBLISHED)
    found = rows.filter(community=request.community).select_related("author", "thread").first()
    if found is not None:
        found.community = request.community
    return found
