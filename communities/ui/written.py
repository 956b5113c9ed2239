"""Questions that the ORM writes once a process: for a plain one it takes ten times as long to write as a database to answer."""

import copy
import datetime as dt
import functools
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")

MOST = 50_000  # values of one question
# Two marks for each sort of value that is put in later: what stands alone fits the smallest column.
MARKS: dict[type, tuple[Callable[[int], Any], Callable[[int], Any]]] = {
    int: (lambda number: 31_000 + number, lambda number: 31_500 + number),
    str: (lambda number: f"\x02{number}", lambda number: f"\x03{number}"),
    dt.datetime: (
        lambda number: dt.datetime(2998, 8, 8, 8, 8, 8, number, dt.UTC),
        lambda number: dt.datetime(2999, 9, 9, 9, 9, 9, number, dt.UTC),
    ),
}
LISTED = (1_900_000_000, 1_950_000_000)


class written(Generic[P, Row]):
    """Of a function from numbers, words and moments to a queryset one that answers with its rows, as a list.

    The function is called when it is asked for the first time, and once more for each other combination of what is none of
    these (None, for instance) or is given by name. A tuple of numbers is for `__in`; it may hold one of them several times. The
    values may stand in conditions alone: where one changes the SQL, or something enters it that was not handed in, such as the
    clock, TypeError says so. Numbers have 63 bits at most. Rows are new each time; nothing is prefetched.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        functools.update_wrapper(self, build)
        self._build = build
        self._known: dict[Hashable, _Question | None] = {}

    def __call__(self, *args: P.args, **shape: P.kwargs) -> list[Row]:
        values: list[Any] = []
        kind: list[Any] = []
        for one in args:
            if isinstance(one, tuple):
                values += one + one[-1:] * (_room_for(len(one)) - len(one))
                kind.append((int, _room_for(len(one))))
            else:
                values.append(one)
                kind.append(_sort(one) or one)
        key = (*kind, *shape.items())
        try:
            question = self._known[key]
        except KeyError:
            question = self._known[key] = _ask_first(functools.partial(self._build, **shape), kind, values)
        return question.rows(values) if question is not None else []


def _room_for(many: int) -> int:
    """Lists of nearly one length are one question."""
    return 1 << (many - 1).bit_length() if many else 0


def _sort(one: object) -> type | None:
    """Of what is put in later; None for what the question may depend on."""
    return None if isinstance(one, bool) else next((sort for sort in MARKS if isinstance(one, sort)), None)


class _Question:
    """params: for each its value, or how the value at a place is put in."""

    def __init__(self, found: QuerySet, compiler: SQLCompiler, sql: str, params: list[tuple[int | None, Any]]) -> None:
        self._found, self._compiler, self._sql, self._params = found, compiler, sql, params

    def rows(self, values: list[Any]) -> list[Any]:
        compiler: Any = copy.copy(self._compiler)
        compiler.connection = connections[self._found.db]  # that of this thread
        params = tuple([one if place is None else one(values[place]) for place, one in self._params])
        compiler.as_sql = lambda *_args, **_how: (self._sql, params)
        iterable: Any = self._found._iterable_class  # type: ignore[attr-defined]
        return list(iterable(_Asked(self._found, compiler)))


class _Asked:
    """What Django's iterables need of a queryset."""

    def __init__(self, found: Any, compiler: SQLCompiler) -> None:
        self.model, self.db, self._fields, self._hints = found.model, found.db, found._fields, found._hints
        self._known_related_objects = found._known_related_objects
        self.query = copy.copy(found.query)
        self.query.get_compiler = lambda *_args, **_how: compiler


def _ask_first(build: functools.partial[QuerySet], kind: Iterable[Any], values: list[Any]) -> _Question | None:
    """None where the answer is known to be empty."""
    name = build.func.__qualname__
    if len(values) > MOST:
        raise TypeError(f"{name} takes {MOST} values at most")

    def compiled(which: int) -> tuple[Any, ...]:
        args: list[Any] = []
        marks: list[Any] = []
        for number, one in enumerate(kind):
            if isinstance(one, tuple):
                args.append(tuple(range(LISTED[which] + len(marks), LISTED[which] + len(marks) + one[1])))
                marks += args[-1]
            else:
                sort = _sort(values[len(marks)])
                args.append(MARKS[sort][which](number) if sort else one)
                marks.append(args[-1])
        found: Any = build(*args)
        if found._prefetch_related_lookups:
            raise TypeError(f"{name} fetches more than its rows")
        compiler = found.query.get_compiler(using=found.db)
        moment = compiler.connection.ops.adapt_datetimefield_value
        put = [moment(one) if isinstance(one, dt.datetime) else one for one in marks]
        return found, compiler, {one: place for place, one in enumerate(put) if _sort(one)}, *compiler.as_sql()

    try:
        found, compiler, places, sql, params = compiled(0)
        _found, _compiler, others, same, changed = compiled(1)
    except EmptyResultSet:
        return None
    if sql != same:
        raise TypeError(f"{name} asks otherwise for other values")
    answers: list[tuple[int | None, Any]] = []
    for one, other in zip(params, changed, strict=True):
        place = places.get(one) if _sort(one) else None
        if place is None or others.get(other) != place:
            if one != other:
                raise TypeError(f"{name} asks about something that is not handed in as it is: {one!r}")
            answers.append((None, one))
        elif isinstance(values[place], dt.datetime):
            answers.append((place, compiler.connection.ops.adapt_datetimefield_value))
        else:  # a number comes as the type of its column, which PostgreSQL wants to know
            answers.append((place, type(one)))
    return _Question(found, compiler, sql, answers)
