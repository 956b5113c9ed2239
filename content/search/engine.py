"""The index in both databases: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL; no extension, no right but the owner's.

Both hold the tokens of `tokens.py` as they are: neither stems, folds nor splits anything itself, so they agree.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.db.models.sql.datastructures import BaseTable

from communities.access.words import Words
from content.search.query import Phrase, Word
from content.search.tokens import tokens_of

MOST = 16_000  # tokens of one thing: as far as PostgreSQL counts places
FAR = 2**42  # milliseconds from 1970 on
END = (FAR + 1) << 20  # above every key
NEWEST = 8_000  # entries of a kind that are looked through one by one in about five milliseconds
HEAD, TEXT = "A", "D"  # PostgreSQL's weights
_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(place, head, text, tokenize='ascii', prefix='1 2 3')"
)


class WordsField(models.Field):
    """A tsvector that is written as its literal; on SQLite an empty column."""

    def db_type(self, connection: Any) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, _value: Any, _compiler: Any, connection: Any) -> str:
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"


class WordsIndex(models.Index):
    """GIN on PostgreSQL; on SQLite the table of FTS5, which is the index."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using=" USING gin", **kwargs)
        return _TABLE

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().remove_sql(model, schema_editor, **kwargs)
        return "DROP TABLE IF EXISTS search_words"


def key_of(at: dt.datetime, object_id: int, code: int) -> int:
    """A later moment has the greater key; the last 20 bits tell apart what was said in the same millisecond."""
    return floor_of(at) + (object_id * 16 + code % 16) % 2**20


def floor_of(at: dt.datetime) -> int:
    """No entry of this moment has a smaller key, none before it has one as great. Three centuries fit; beyond, all is one moment."""
    return max(-FAR, min(FAR, int(at.timestamp() * 1000))) << 20


def places_of(words: Words, kind: str) -> list[str]:
    """Where and whose it is, as tokens that no text holds."""
    by = [f"by{words.author_id}"] if words.author_id else []
    return [scope(words.community_id, kind), *by, *words.places]


def scope(community_id: int | None, kind: str) -> str:
    """Nothing of another community is even looked at: what is elsewhere costs nothing and shows in no time."""
    return f"in{community_id or 0}x{kind}"


def literal(words: Words, kind: str) -> str | None:
    """As PostgreSQL reads a tsvector; None where the other database keeps the words. Between head and text is a gap."""
    if connection.vendor != "postgresql":
        return None
    places: dict[str, list[str]] = {}
    at = 0
    for part, weight in ((words.head, HEAD), (words.text, TEXT)):
        for token in islice(tokens_of(part), max(0, MOST - at)):
            at += 1
            places.setdefault(token.text, []).append(f"{at}{weight}")
        at += 1
    where = " ".join(f"'={place}'" for place in places_of(words, kind))
    return where + "".join(f" '{token}':{','.join(found)}" for token, found in places.items())


def write(rows: Sequence[tuple[int, Words]], kind: str) -> None:
    """The words of these entries, by their keys; nothing to do where they stand on the entry itself."""
    if connection.vendor == "postgresql" or not rows:
        return
    drop([key for key, _words in rows])
    lines: list[tuple[int | str, ...]] = []
    for key, words in rows:
        head = [token.text for token in islice(tokens_of(words.head), MOST)]
        text = [token.text for token in islice(tokens_of(words.text), MOST - len(head))]
        lines.append((key, *(" ".join(tokens) for tokens in (places_of(words, kind), head, text))))
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO search_words (rowid, place, head, text) VALUES (%s, %s, %s, %s)", lines)


def drop(keys: Iterable[int]) -> None:
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [(key,) for key in keys])


def tidy(pages: int = 500) -> bool:
    """Folds some of FTS5's parts together, so that nothing remains of what was taken out. True where more may be left."""
    if connection.vendor == "postgresql":
        return False
    with connection.cursor() as cursor:
        before = connection.connection.total_changes
        cursor.execute("INSERT INTO search_words (search_words, rank) VALUES ('merge', %s)", [-pages])
        more: bool = connection.connection.total_changes - before > 1
        return more


class _Hits(BaseTable):
    """The entries that hold the words, in their order, in place of the whole table: access is asked of one after the other
    until there are enough, and not of all of them before they are put in order.

    near: looks through the newest entries one by one, which for a frequent word is over soon. Else through all that hold the
    words; there the sum keeps the planner from reading the whole table in the order of its keys.
    """

    def __init__(self, asked: str, near: "Near | None") -> None:
        super().__init__("search_entry", "search_entry")
        self.asked, self.near = asked, near

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[str | int, ...]]:
        if self.near is None:
            hits = "SELECT id + 0 AS id, object_id FROM search_entry WHERE words @@ %s::tsquery ORDER BY 1 DESC"
            return f'({hits}) AS "search_entry"', (self.asked,)
        hits = (
            "SELECT id, object_id FROM (SELECT id, object_id, words FROM search_entry WHERE community_id = %s AND kind = %s "
            "AND id < %s ORDER BY id DESC LIMIT %s) AS newest WHERE words @@ %s::tsquery"
        )
        return f'({hits}) AS "search_entry"', (*self.near, NEWEST, self.asked)


Near = tuple[int, str, int]  # community, kind, and a key above them


def are_many(kinds: Iterable[Sequence[Sequence[str]]], words: Sequence[Word]) -> bool:
    """Do so many entries in these places, of all kinds together, hold these words that it pays to look through the newest first?

    PostgreSQL's index gives all that hold a word, in no order; that of SQLite comes in ours, where it never pays."""
    if connection.vendor != "postgresql":
        return False
    asked = " | ".join(f"({_tsquery(places, words)})" for places in kinds)
    with connection.cursor() as cursor:
        counted = "SELECT count(*) FROM (SELECT 1 FROM search_entry WHERE words @@ %s::tsquery LIMIT %s) AS hits"
        cursor.execute(counted, [asked, NEWEST // 2])
        return bool(cursor.fetchone()[0] == NEWEST // 2)


def matching(
    rows: models.QuerySet, places: Sequence[Sequence[str]], words: Sequence[Word], near: Near | None
) -> models.QuerySet:
    """Of these entries those that hold all of these words anywhere and stand in one of each of these sets of places, newest first.

    near: only among the newest of a kind."""
    if connection.vendor == "postgresql":
        rows = rows.order_by("-pk")
        rows.query.alias_map[rows.query.get_initial_alias()] = _Hits(_tsquery(places, words), near)
        return rows
    return rows.extra(
        tables=["search_words"],
        where=["search_words.rowid = search_entry.id", "search_words MATCH %s"],
        params=[_match(places, words, "head text")],
        order_by=["-search_words.rowid"],
    )


def in_head(places: Sequence[Sequence[str]], words: Sequence[Word]) -> RawSQL:
    """True for an entry whose head alone holds all of these words; SQLite finds all of those once."""
    if connection.vendor == "postgresql":
        sql = "(SELECT heads.words @@ %s::tsquery FROM search_entry AS heads WHERE heads.id = search_entry.id)"
        query = _tsquery((), words, HEAD)
    else:
        sql = "search_entry.id IN (SELECT rowid FROM search_words WHERE search_words MATCH %s)"
        query = _match(places, words, "head")
    return RawSQL(sql, [query], output_field=models.BooleanField())  # noqa: S611 - the query is a parameter


def _match(places: Sequence[Sequence[str]], words: Sequence[Word], columns: str) -> str:
    where = [f"{{place}} : ({' OR '.join(_quoted(one) for one in some)})" for some in places]
    said = [f"{{{columns}}} : ({' OR '.join(_fts_phrase(phrase) for phrase in word)})" for word in words]
    return " AND ".join([*where, *said])


def _fts_phrase(phrase: Phrase) -> str:
    return _quoted(" ".join(phrase.tokens)) + (" *" if phrase.begins else "")


def _quoted(token: str) -> str:
    return f'"{token}"'


def _tsquery(places: Sequence[Sequence[str]], words: Sequence[Word], weight: str = "") -> str:
    where = [" | ".join(f"'={one}'" for one in some) for some in places]
    said = [" | ".join(_ts_phrase(phrase, weight) for phrase in word) for word in words]
    return " & ".join(f"({part})" for part in [*where, *said])


def _ts_phrase(phrase: Phrase, weight: str) -> str:
    ends = ("*" if phrase.begins else "") + weight
    marks = [":" + weight if weight else ""] * (len(phrase.tokens) - 1) + [":" + ends if ends else ""]
    return " <-> ".join(f"'{token}'{mark}" for token, mark in zip(phrase.tokens, marks, strict=True))
