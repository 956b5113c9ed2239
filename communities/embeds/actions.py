"""A text asks for a preview when it is written; the worker looks its link up, once a day whatever number of texts hold it.

Nothing is fetched while somebody waits for a page, nor inside a transaction.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import islice
from urllib.parse import urldefrag

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from communities.activity.actions import record
from communities.activity.nudge import nudge
from communities.embeds.kinds import KINDS
from communities.embeds.links import are_on, first_link, is_own, key_of
from communities.embeds.models import Lookup, Preview
from communities.embeds.reading import Said, read
from communities.fetch import PUBLIC, Reach, Refused, fetch
from communities.spaces.models import Community

log = logging.getLogger(__name__)
KINDS_OF_PAGE = frozenset({"text/html", "application/xhtml+xml"})
AT_ONCE = 8  # links; each takes five seconds at most
LEASE = dt.timedelta(seconds=30)
MOST_ATTEMPTS = 2
State = Preview.State


def want_preview(kind: str, object_id: int, html: str, *, place: Community, edited: bool = False) -> None:
    """In the transaction that writes the text. edited: it said something else before. One query for a text with a link, one
    more for an edit. The same link as before stays as it is: shown, nothing, or taken away."""
    link = first_link(html) if are_on(place) else ""
    if edited:
        there = Preview.objects.filter(kind=kind, object_id=object_id)
        if link and there.filter(key=key_of(link)).exists():
            there.update(url=link)
            return
        there.delete()
    if link:
        Preview.objects.create(kind=kind, object_id=object_id, url=link, key=key_of(link))
        transaction.on_commit(partial(nudge, "embeds.look_up"))


def forget_previews(kind: str, ids: Collection[int]) -> None:
    """With the texts that they stood below."""
    Preview.objects.filter(kind=kind, object_id__in=ids).delete()


@transaction.atomic
def take_preview_away(kind: str, object_id: int, *, community_id: int, actor: int) -> None:
    """Whoever calls this has asked whether they may. Twice is once. Records preview.removed."""
    there = Preview.objects.filter(kind=kind, object_id=object_id, state__in=[State.SHOWN, State.WAITS])
    if there.update(state=State.TAKEN, title="", about="", site=""):
        record("preview.removed", community=community_id, actor=actor, kind=kind, object_id=object_id)
        KINDS[kind](object_id)


def look_up_due(*, reach: Reach = PUBLIC) -> int:
    """Looks up what waits, some links at once, and shows what was found. Returns how many texts were settled. Safe to run any
    number of times at once: a link is one row a day, and whoever holds it asks."""
    waiting = Preview.objects.filter(state=State.WAITS).order_by("asked_at", "pk").values_list("key", "url")
    links = dict(waiting[: AT_ONCE * 4])
    if not links:
        return 0
    today = timezone.now().date()
    Lookup.objects.bulk_create([Lookup(day=today, key=key) for key in links], ignore_conflicts=True)
    rows = Lookup.objects.filter(day=today, key__in=links)
    mine = list(islice(filter(_claim, rows.filter(done_at__isnull=True)), AT_ONCE))
    if mine:
        with ThreadPoolExecutor(AT_ONCE) as hands:  # no row is touched in there
            answers = list(hands.map(lambda row: _ask(links[row.key], reach), mine))
        for row, (said, _why) in zip(mine, answers, strict=True):
            rows.filter(pk=row.pk).update(done_at=timezone.now(), **asdict(said))
        log.info("previews: %s", ", ".join(f"{n} {why}" for why, n in Counter(why for _said, why in answers).items()))
    return sum(_show(row) for row in rows.filter(done_at__isnull=False))


def _claim(row: Lookup) -> bool:
    now = timezone.now()
    mine = Lookup.objects.filter(pk=row.pk, done_at__isnull=True, next_at__lte=now)
    if row.attempts >= MOST_ATTEMPTS:  # its tries ended with the worker itself
        mine.update(done_at=now)
        return False
    return mine.update(next_at=now + LEASE, attempts=F("attempts") + 1) == 1


def _ask(url: str, reach: Reach) -> tuple[Said, str]:
    """What the page says about itself, and a word for the log, in which no address stands."""
    try:
        said = read(fetch(urldefrag(url).url, kinds=KINDS_OF_PAGE, refuses=is_own, reach=reach))
    except Refused as problem:
        return Said(), str(problem)
    except Exception as problem:
        log.exception("a preview failed: %s", type(problem).__name__)
        return Said(), "failed"
    return said, "found" if said.title else "without a title"


@transaction.atomic
def _show(row: Lookup) -> int:
    """To all texts that wait for it."""
    facts = {name: getattr(row, name) for name in ("title", "about", "site")}
    state = State.SHOWN if row.title else State.NOTHING
    settled = 0
    for preview in Preview.objects.filter(state=State.WAITS, key=row.key).order_by("pk")[:200]:
        still = Preview.objects.filter(pk=preview.pk, state=State.WAITS, key=row.key)
        if still.update(state=state, **facts):
            settled += 1
            if state == State.SHOWN:
                KINDS[preview.kind](preview.object_id)
    return settled


def tidy() -> None:
    """Of days that are over nothing is kept but what stands below the texts."""
    Lookup.objects.filter(day__lt=timezone.now().date() - dt.timedelta(days=1)).delete()


def previews_of(kind: str, texts: dict[int, str], place: Community) -> dict[int, Preview]:
    """By id, what stands below these texts (their HTML, by id). One query where one of them holds a link, else none."""
    ids = [pk for pk, html in texts.items() if 'href="http' in html] if are_on(place) else []
    if not ids:
        return {}
    rows = Preview.objects.filter(kind=kind, object_id__in=ids, state=State.SHOWN)
    return {row.object_id: row for row in rows}
