"""Questions that the ORM writes once a process: for a plain one it takes ten times as long to write as a database to answer."""

import copy
import functools
from collections.abc import Callable, Hashable
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")
Mark = Callable[[int], Any]

# Two marks for each sort of value that is put in later: the numbers fit the smallest column.
MARKS: dict[Any, tuple[Mark, Mark]] = {
    int: (lambda place: 31_000 + place, lambda place: 31_500 + place),
    str: (lambda place: f"\x02{place}", lambda place: f"\x03{place}"),
}


class written(Generic[P, Row]):
    """Of a function from numbers and words to a queryset one that answers with its rows, as a list.

    The function is called when it is asked for the first time, and once more for each other combination of what is neither number
    nor word (None, for instance) or is given by name. Other numbers and words may stand in conditions alone: where one changes
    the SQL, or something enters it that was not handed in, such as the clock, TypeError says so. Numbers have 63 bits at most.
    Rows are new each time; nothing is prefetched.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        functools.update_wrapper(self, build)
        self._build = build
        self._known: dict[Hashable, _Question | None] = {}

    def __call__(self, *args: P.args, **shape: P.kwargs) -> list[Row]:
        kind = (*[_sort(one) or one for one in args], *shape.items())
        try:
            question = self._known[kind]
        except KeyError:
            question = self._known[kind] = _ask_first(functools.partial(self._build, **shape), args)
        return question.rows(args) if question is not None else []


def _sort(one: object) -> type | None:
    """Of what is put in later; None for what the question may depend on."""
    if isinstance(one, str):
        return str
    return int if isinstance(one, int) and not isinstance(one, bool) else None


class _Question:
    """places: for each parameter the number of the argument that it is, or None where it is the same for all."""

    def __init__(self, found: QuerySet, compiler: SQLCompiler, sql: str, places: list[int | None], params: Any) -> None:
        self._found, self._compiler, self._sql = found, compiler, sql
        # A number comes as the type of its column, which PostgreSQL wants to know.
        self._params = [(place, one if place is None else type(one)) for place, one in zip(places, params, strict=True)]

    def rows(self, args: tuple[Any, ...]) -> list[Any]:
        compiler: Any = copy.copy(self._compiler)
        compiler.connection = connections[self._found.db]  # that of this thread
        params = tuple([one if place is None else one(args[place]) for place, one in self._params])
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


def _ask_first(build: functools.partial[QuerySet], args: tuple[Any, ...]) -> _Question | None:
    """None where the answer is known to be empty."""

    def compiled(which: int) -> tuple[Any, ...]:
        marks = [MARKS[_sort(one)][which](place) if _sort(one) else one for place, one in enumerate(args)]
        found: Any = build(*marks)
        if found._prefetch_related_lookups:
            raise TypeError(f"{build.func.__qualname__} fetches more than its rows")
        compiler = found.query.get_compiler(using=found.db)
        return marks, found, compiler, *compiler.as_sql()

    try:
        marks, found, compiler, sql, params = compiled(0)
        others, _found, _compiler, same, changed = compiled(1)
    except EmptyResultSet:
        return None
    places: list[int | None] = []
    for one, other in zip(params, changed, strict=True):
        at = marks.index(one) if _sort(one) and one in marks else None
        is_mark = at is not None and one != others[at] == other
        if not is_mark and one != other:
            raise TypeError(f"{build.func.__qualname__} asks about something that is not handed in as it is: {one!r}")
        places.append(at if is_mark else None)
    if sql != same:
        raise TypeError(f"{build.func.__qualname__} asks otherwise for other values")
    return _Question(found, compiler, sql, places, params)
