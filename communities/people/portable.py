"""What every app holds about one person, by registry: how it is carried away, how it is erased, and what has to end first.

An app says it in its own `portable.py`, which is read once all apps are loaded. What stands lower than people says it in
`portable_below.py`. A test names each model that points at a person and is neither carried nor declared as nobody's.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from communities.access.desk import log_message, read_message
from communities.people.models import User
from communities.people.traveller import Traveller

Line = dict[str, Any]
GONE = "–"  # what stands in the admin's log where a name was


@dataclass(frozen=True, slots=True)
class Section:
    """One list in data.json and one chapter of the page. models: the labels of the models that it speaks for.

    rows: this person's rows, read by their key in batches. lines: what a batch says, as plain values for JSON; it asks
    the traveller for every name and title that is not the person's own.
    """

    name: str
    title: Any
    models: tuple[str, ...]
    rows: Callable[[User], QuerySet]
    lines: Callable[[Traveller, list[Any]], list[Line]]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Leaver:
    """Whose account closes. erase: what they wrote goes too; otherwise it stays without their name."""

    user: User
    erase: bool


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something that has to end before somebody may leave: the sentence, and the page where it ends."""

    sentence: str
    url: str
    label: str


# One bite of erasing, in a transaction of its own; True where something may be left. Bitten again it finds nothing to do.
Bite = Callable[[Leaver], bool]

_sections: dict[str, Section] = {}
_erasers: dict[str, tuple[int, Bite]] = {}
_stays: dict[str, str] = {}
_first: list[Callable[[User], Iterable[Hindrance]]] = []


def register_section(section: Section) -> None:
    _sections[section.name] = section


def register_eraser(name: str, bite: Bite, *, order: int = 50) -> None:
    """order: lower goes first. Name, handle and addresses are still there meanwhile; people's own part comes last."""
    _erasers[name] = (order, bite)


def register_not_personal(models: Mapping[str, str]) -> None:
    """Models that point at a person and are not carried: label -> why."""
    _stays.update(models)


def register_first(check: Callable[[User], Iterable[Hindrance]]) -> None:
    """What must end before somebody leaves. Asked when they ask and, inside the transaction that begins it, at the end."""
    _first.append(check)


def sections() -> list[Section]:
    return sorted(_sections.values(), key=lambda one: (one.order, one.name))


def erasers() -> list[tuple[str, Bite]]:
    return [(name, bite) for name, (_order, bite) in sorted(_erasers.items(), key=lambda item: (item[1][0], item[0]))]


def not_personal() -> dict[str, str]:
    return dict(_stays)


def hindrances(user: User) -> list[Hindrance]:
    return [one for check in _first for one in check(user)]


def moment(value: dt.datetime | dt.date | None) -> str | None:
    """A point in time as data.json writes it: ISO 8601, in UTC."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds")
    return value.isoformat() if value is not None else None


def forget_log(model: type[Model], ids: Iterable[Any]) -> None:
    """The admin's log keeps who did what, when and why to these rows, and loses the values: a name stood among them."""
    rows = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id__in=[str(pk) for pk in ids]
    )
    for row in rows.exclude(object_repr=GONE):
        changes, why = read_message(row.change_message)
        row.object_repr = GONE
        row.change_message = (
            log_message([(name, "–", "–") for name, _before, _after in changes], why) if changes else ""
        )
        row.save(update_fields=["object_repr", "change_message"])
