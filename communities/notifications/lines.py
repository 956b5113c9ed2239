"""The lines of the bell: news since the last look side by side, each asked about again for whoever reads it, this minute."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.access.models import Block
from communities.access.things import things
from communities.access.viewer import Viewer
from communities.mail.rendering import one_line
from communities.members.loading import viewers_in
from communities.notifications.kinds import KINDS, Found, Line
from communities.notifications.models import Notification
from communities.people.models import User
from communities.spaces.models import Community

PAGE = 30  # lines
MOST_ROWS = 300  # rows looked at for one page; a line counts no further


def heads(user_id: int) -> QuerySet[Notification]:
    """The newest of each line, newest first. What was seen in different looks stands on different lines."""
    rows = Notification.objects.filter(user_id=user_id, rings=True)
    same = {"user": OuterRef("user"), "kind": OuterRef("kind"), "topic": OuterRef("topic"), "pk__gt": OuterRef("pk")}
    newer = Notification.objects.filter(rings=True, **same)
    seen_together = Exists(newer.filter(seen_at=OuterRef("seen_at")))
    unseen_together = Q(seen_at__isnull=True) & Exists(newer.filter(seen_at__isnull=True))
    return rows.exclude(unseen_together).filter(~seen_together).order_by("-pk")


def page_of(user: Any, before: int | None = None) -> tuple[list[Line], list[Notification], int | None]:
    """(lines, the rows they stand for, where the next page begins). before: the id that the page begins below."""
    some = heads(user.pk)
    if before is not None:
        some = some.filter(pk__lt=before)
    first = list(some[: PAGE + 1])
    more, first = len(first) > PAGE, first[:PAGE]
    return lines_of(user, _whole(user.pk, first)), first, first[-1].pk if more else None


def _whole(user_id: int, first: Sequence[Notification]) -> list[Notification]:
    """The rows of these lines, the newest first; a line has at least its head."""
    if not first:
        return []
    looks = Q(seen_at__in={row.seen_at for row in first if row.seen_at}) | Q(seen_at__isnull=True)
    rows = Notification.objects.filter(
        looks,
        user_id=user_id,
        rings=True,
        kind__in={row.kind for row in first},
        topic__in={row.topic for row in first},
        pk__lte=first[0].pk,
    )
    wanted = {_line_key(row) for row in first}
    found = {row.pk: row for row in first}
    found |= {row.pk: row for row in rows.order_by("-pk")[:MOST_ROWS] if _line_key(row) in wanted}
    return sorted(found.values(), key=lambda row: row.pk, reverse=True)


def _line_key(row: Notification) -> tuple[Any, ...]:
    return row.kind, row.topic, row.seen_at


def lines_of(user: Any, rows: Sequence[Notification]) -> list[Line]:
    """A number of queries that does not grow with the rows: what may no longer be read is neither shown nor counted."""
    rows = [row for row in rows if row.kind in KINDS]
    actors = User.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    found = _found(user, rows)
    blocked = set(Block.objects.filter(user_id=user.pk, blocked_id__in=actors).values_list("blocked_id", flat=True))
    lines: dict[tuple[Any, ...], Line] = {}
    for row in rows:
        kind = KINDS[row.kind]
        deaf = row.actor_id in blocked and not (kind.always or kind.duty)
        if row.pk not in found or deaf:
            continue
        line = lines.get(_line_key(row))
        if line is None:
            line = lines[_line_key(row)] = Line(kind, row, found[row.pk])
        else:
            line.count += 1
        actor = actors.get(row.actor_id) if row.actor_id else None
        if actor is not None and line.tells_who:
            line.face = line.face or actor
            if str(actor) not in line.names:
                line.names.append(str(actor))
    return list(lines.values())


def _found(user: Any, rows: Sequence[Notification]) -> dict[int, Found]:
    places = Community.objects.in_bulk({row.community_id for row in rows if row.community_id})
    viewers = viewers_in(user, list(places.values()))
    found: dict[int, Found] = {}
    for place_id, viewer in viewers.items():
        for slug in dict.fromkeys(row.kind for row in rows):
            mine = [row for row in rows if row.kind == slug and row.community_id == place_id]
            for row in mine:
                row.community = places[place_id]
            if mine:
                found |= (KINDS[slug].finds or by_things)(mine, viewer)
    return found


def by_things(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """What the thing says of itself, where this viewer may open it."""
    found: dict[int, Found] = {}
    for kind in {row.about_kind for row in rows}:
        known = things(kind, [row.about_id for row in rows if row.about_kind == kind and row.about_id], viewer)
        for row in rows:
            thing = known.get(row.about_id or 0) if row.about_kind == kind else None
            if thing is not None and thing.readable:
                found[row.pk] = Found(thing.title, thing.url, thing.excerpt)
    return found


# --- words ---------------------------------------------------------------------------------------------------------------


def who(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The sentence part for one, two or many people, and its names."""
    if not names:
        return _("Somebody"), {}
    if len(names) == 1:
        return "{first}", {"first": names[0]}
    if len(names) == 2:
        return _("{first} and {second}"), {"first": names[0], "second": names[1]}
    others = len(names) - 2
    said = ngettext("{first}, {second} and %(n)s other", "{first}, {second} and %(n)s others", others) % {"n": others}
    return said, {"first": names[0], "second": names[1]}


def spoken(line: Line) -> SafeString:
    """The line's sentence for a page; what people wrote stands apart in its own direction.

    A sentence may hold a name itself (of a step): it is escaped like everything that somebody typed.
    """
    pattern, names = who(line.names)
    marked = {name: format_html("<b><bdi>{}</bdi></b>", text) for name, text in names.items()}
    people = format_html(escape(pattern), **marked) if marked else escape(pattern)
    what = format_html("<b><bdi>{}</bdi></b>", line.found.title)
    return format_html(escape(str(line.found.says or line.kind.sentence)), who=people, what=what)


def plain(line: Line) -> str:
    """The same in plain text, on one line: for a subject and for the text of a mail."""
    pattern, names = who(line.names)
    people = pattern.format(**{name: one_line(text) for name, text in names.items()})
    return one_line(str(line.found.says or line.kind.sentence).format(who=people, what=one_line(line.found.title)))


def topics_of(rows: Iterable[Notification]) -> set[tuple[str, str]]:
    return {(row.kind, row.topic) for row in rows}
