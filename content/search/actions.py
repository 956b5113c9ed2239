"""Writes of the index: what things say now, put down anew or taken out. Safe to run any number of times, records nothing."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from communities.access.words import Findable, findable, findables
from communities.members.finding import KIND as PEOPLE
from content.search import engine
from content.search.models import Entry

STEP = 500  # things at a time


@transaction.atomic
def index(kind: str, ids: Collection[int]) -> int:
    """Puts down what these things say at this moment; what says nothing any more is in the index no longer. Returns how many do.

    Their rows are held until the commit, so that nobody changes a word between its being read and being put down.
    """
    known = findable(kind)
    if known is None:
        return 0
    rows: Any = known.model._default_manager.filter(pk__in=ids)
    rows.order_by().update(community=F("community"))
    _forget(kind, ids)
    code = findables().index(known)
    said = [(engine.key_of(words.at, words.id, code), words) for words in known.words(ids)]
    Entry.objects.bulk_create(
        [
            Entry(
                id=key,
                community_id=words.community_id,
                kind=kind,
                object_id=words.id,
                author_id=words.author_id,
                at=words.at,
                head=words.head,
                text=words.text,
                words=engine.literal(words, kind),
            )
            for key, words in said
        ],
        batch_size=STEP,
    )
    engine.write(said, kind)
    return len(said)


def listen(kind: str, ids: Collection[int]) -> None:
    """Something says something else: in the same transaction, so that what was erased is found by nobody."""
    index(kind, ids)


@transaction.atomic
def forget_person(user_id: int) -> bool:
    """Somebody's account closes: by their name nobody finds them any more. False where that was so before."""
    mine = Entry.objects.filter(kind=PEOPLE, author=user_id)
    ids = list(mine.values_list("object_id", flat=True))
    _forget(PEOPLE, ids)
    return bool(ids)


def reindex() -> Iterator[tuple[Findable, int]]:
    """Everything anew, kind by kind; a short transaction a step. Yields each kind with how many of it can be found."""
    for known in findables():
        done, last = 0, 0
        rows: Any = known.model._default_manager.order_by("pk").values_list("pk", flat=True)
        while ids := list(rows.filter(pk__gt=last)[:STEP]):
            done += index(known.kind, ids)
            last = ids[-1]
        _forget_lost(known)
        yield known, done


@transaction.atomic
def _forget_lost(known: Findable) -> None:
    """Words of rows that are not there at all."""
    there = known.model._default_manager.filter(pk=OuterRef("object_id"))
    lost = Entry.objects.filter(kind=known.kind).exclude(Exists(there))
    _forget(known.kind, list(lost.values_list("object_id", flat=True)))


def _forget(kind: str, ids: Collection[int]) -> None:
    rows = Entry.objects.filter(kind=kind, object_id__in=ids)
    engine.drop(list(rows.values_list("pk", flat=True)))
    rows.delete()
