"""Questions that the ORM writes once a process: for a plain one it takes ten times as long to write as a database to answer."""

import copy
import datetime as dt
import functools
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")

LONGEST = 4096  # of a list; a longer one is asked about as the ORM does
# Two marks for each sort of value that is put in later. Numbers that stand alone fit the smallest column, words change under
# whatever is done to words: by case, by blanks, by LIKE.
MARKS: dict[type, tuple[Callable[[int], Any], Callable[[int], Any]]] = {
    int: (lambda number: 31_000 + number, lambda number: 31_500 + number),
    str: (lambda number: f" \x02A%_\\{number} ", lambda number: f" \x03A%_\\{number} "),
    dt.datetime: (
        lambda number: dt.datetime(2998, 8, 8, 8, 8, 8, number, dt.UTC),
        lambda number: dt.datetime(2999, 9, 9, 9, 9, 9, number, dt.UTC),
    ),
}
LISTED = (1_900_000_000, 1_950_000_000)
# What code may take for nothing: a question is the same about these.
NOTHING: dict[type, Any] = {int: 0, str: "", dt.datetime: dt.datetime(1970, 1, 1, tzinfo=dt.UTC)}


class written(Generic[P, Row]):
    """Of a function from numbers, words and moments to a queryset one that answers with its rows, as a list.

    The function is called when it is asked for the first time, and once more for each other combination of what is none of
    these (None, for instance) or is given by name: few, and never what a visitor typed, since each is kept. A tuple of numbers
    is for `__in`; it may hold one of them several times. The values stand in conditions as they are: where one changes the SQL
    or is changed on its way, or something else enters, such as the clock, TypeError says so the first time (not of a clock cut
    to the hour, nor of a question about parts of a moment, which the time zone decides). Numbers have 63 bits at most. Rows are
    new each time; nothing is prefetched.

    Rests on how a queryset of Django reads: its iterable asks the query for a compiler, and the compiler `as_sql`.
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
                if len(one) > LONGEST:
                    return list(self._build(*args, **shape))
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

    def first(self, *args: P.args, **shape: P.kwargs) -> Row | None:
        """None where there is no row. Every row is read: the question itself says that it wants one."""
        return next(iter(self(*args, **shape)), None)


def _room_for(many: int) -> int:
    """Lists of nearly one length are one question."""
    return 1 << (many - 1).bit_length() if many else 0


def _sort(one: object) -> type | None:
    """Of what is put in later; None for what the question may depend on."""
    return None if isinstance(one, bool) else next((sort for sort in MARKS if isinstance(one, sort)), None)


class _Question:
    """params: for each its value, or the place of what is put in and the type that it comes as."""

    def __init__(self, found: QuerySet, compiler: Any, sql: str, params: list[tuple[int | None, Any]]) -> None:
        compiler.connection = None  # each thread has its own
        self._found, self._compiler, self._sql, self._params = found, compiler, sql, params

    def rows(self, values: list[Any]) -> list[Any]:
        compiler = copy.copy(self._compiler)
        compiler.connection = connections[self._found.db]
        moment = compiler.connection.ops.adapt_datetimefield_value
        params = tuple(
            [
                one if place is None else moment(values[place]) if one is dt.datetime else one(values[place])
                for place, one in self._params
            ]
        )
        compiler.as_sql = lambda *_args, **_how: (self._sql, params)
        iterable: Any = self._found._iterable_class
        return list(iterable(_Asked(self._found, compiler)))


class _Asked:
    """The queryset, but for its compiler."""

    def __init__(self, found: QuerySet, compiler: SQLCompiler) -> None:
        self._found = found
        self.query = copy.copy(found.query)
        self.query.get_compiler = lambda *_args, **_how: compiler  # type: ignore[method-assign]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found, name)


def _ask_first(build: functools.partial[QuerySet], kind: list[Any], values: list[Any]) -> _Question | None:
    """None where the answer is known to be empty."""
    name = build.func.__qualname__

    def marked(which: int) -> Iterator[Any]:
        at = 0
        for number, one in enumerate(kind):
            if isinstance(one, tuple):
                yield tuple(range(LISTED[which] + at, LISTED[which] + at + one[1]))
                at += one[1]
            else:
                yield MARKS[sort][which](number) if (sort := _sort(values[at])) else one
                at += 1

    def compiled(args: list[Any]) -> tuple[Any, ...]:
        found: Any = build(*args)
        if found._prefetch_related_lookups:
            raise TypeError(f"{name} fetches more than its rows")
        compiler = found.query.get_compiler(using=found.db)
        return found, compiler, *compiler.as_sql()

    def put_in(args: list[Any]) -> list[Any]:
        """As the database gets them."""
        moment = connections[found.db].ops.adapt_datetimefield_value
        flat = [one for arg in args for one in (arg if isinstance(arg, tuple) else [arg])]
        return [moment(one) if isinstance(one, dt.datetime) else one for one in flat]

    first, second = list(marked(0)), list(marked(1))
    nothing = [NOTHING.get(_sort(one), one) if _sort(one) else one for one in first]  # type: ignore[arg-type]
    try:
        found, compiler, sql, params = compiled(first)
        _found, _compiler, same, changed = compiled(second)
        _found, _compiler, empty, least = compiled(nothing)
    except EmptyResultSet:
        if all(_is_empty(build, args) for args in (first, second, nothing)):
            return None
        raise TypeError(f"{name} asks otherwise for other values") from None
    if not sql == same == empty:
        raise TypeError(f"{name} asks otherwise for other values")
    every, others, few = put_in(first), put_in(second), put_in(nothing)
    places = {one: place for place, one in enumerate(every) if _sort(one)}
    answers: list[tuple[int | None, Any]] = []
    for one, other, last in zip(params, changed, least, strict=True):
        place = places.get(one) if _sort(one) else None
        if place is not None and (other, last) == (others[place], few[place]):
            # A number comes as the type of its column, which PostgreSQL wants to know.
            answers.append((place, dt.datetime if isinstance(values[place], dt.datetime) else type(one)))
        elif one == other == last:
            answers.append((None, one))
        else:
            raise TypeError(f"{name} asks about something that is not handed in as it is: {one!r}")
    return _Question(found, compiler, sql, answers)


def _is_empty(build: functools.partial[QuerySet], args: list[Any]) -> bool:
    try:
        found = build(*args)
        found.query.get_compiler(using=found.db).as_sql()
    except EmptyResultSet:
        return True
    return False
