"""The question of access as SQL that is written once: the ORM needs three times as long to write it as a database to answer it.

The rules stay what they are, a `Q` that is made for a viewer (`models.py`). The first time that somebody of a kind is asked about, it is
written for strangers whose numbers stand for themselves; after that those of the viewer are put in their places. So a rule may
ask a viewer in Python who they are (role, standing, signed in or not), and about their numbers in SQL alone: TypeError says so
where one does otherwise.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections, models
from django.db.models import BooleanField, Expression, F, Q
from django.db.models.sql import Query

from communities.access.viewer import Viewer

# Nobody and nothing has these numbers; each marks where a viewer's own belongs. The others are as low as those are high.
USER, PLACE, RUNG, NOW = 1_999_999_973, 1_999_999_943, 32_003, dt.datetime(2999, 9, 9, 9, 9, 9, 9, tzinfo=dt.UTC)
OTHERS = (1, 2, 3, dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
TABLE = "{table}"
INNER = re.compile(
    r"\b([A-Z]{1,2}\d+)\b"
)  # what the ORM calls tables inside; a query around this one may call others so

Rule = Callable[[Any, Viewer, dt.datetime], Q]  # model, viewer, now


class Predicate(Expression):
    """`rule(model, viewer, now)` about the rows of a query on `model`; stands wherever a condition may."""

    conditional = True

    def __init__(self, model: type[models.Model], rule: Rule, viewer: Viewer, now: dt.datetime) -> None:
        super().__init__(output_field=BooleanField())
        self.model, self.rule, self.viewer, self.now = model, rule, viewer, now
        self.row: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.row]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.row,) = exprs

    @property
    def identity(self) -> Any:
        """About another table of the same query it is another question."""
        return *super().identity, self.row

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, tuple[Any, ...]]:
        viewer, now = self.viewer, connection.ops.adapt_datetimefield_value(self.now)
        sql, places = _sql_of(self.model, self.rule, _kind(viewer), connection.alias)
        numbers = {USER: viewer.user_id, PLACE: viewer.community_id, RUNG: viewer.rung, NOW: now}
        table = compiler.quote_name_unless_alias(self.row.alias)
        return sql.replace(TABLE, table), tuple([numbers.get(one, one) for one in places])


def _kind(viewer: Viewer) -> Viewer:
    """All that a rule may ask in Python."""
    user, place = viewer.user_id and USER, viewer.community_id and PLACE
    return replace(viewer, user_id=user, community_id=place, rung=RUNG)


@cache
def _sql_of(model: type[models.Model], rule: Rule, kind: Viewer, using: str) -> tuple[str, tuple[Any, ...]]:
    """The SQL about one row of {table}, and its parameters with the marks among them."""
    connection = connections[using]
    moment = connection.ops.adapt_datetimefield_value

    def compiled(viewer: Viewer, now: dt.datetime) -> tuple[str, tuple[Any, ...]]:
        query = Query(model)
        sql, params = query.build_where(rule(model, viewer, now)).as_sql(query.get_compiler(using), connection)
        return sql, tuple(params)

    user, place, rung, now = OTHERS
    other = replace(kind, user_id=kind.user_id and user, community_id=kind.community_id and place, rung=rung)
    try:
        (sql, params), (same, changed) = compiled(kind, NOW), compiled(other, now)
    except (EmptyResultSet, FullResultSet) as problem:
        raise TypeError(f"{rule.__name__} is no question about {kind}") from problem
    put_in = {USER: user, PLACE: place, RUNG: rung, moment(NOW): moment(now)}
    if sql != same or tuple([put_in.get(one, one) for one in params]) != changed:
        raise TypeError(f"{rule.__name__} looks at a viewer's numbers before the database does")
    sql = INNER.sub(rf"{model._meta.model_name}_gate_\1", sql)
    table = connection.ops.quote_name(model._meta.db_table)
    marks = tuple([NOW if one == moment(NOW) else one for one in params])
    return f"({sql.replace(f'{table}.', f'{TABLE}.')})", marks
