"""Group `search`: from the question to the whole page, over a hundred thousand texts, in each database."""

import statistics
import time
import urllib.request
from collections.abc import Iterator
from urllib.parse import quote

from config.processes import end
from tests.bench.figures import Figure
from tests.bench.house import House, house
from tests.bench.pages import fill

# Rare and everywhere, one word and several, a phrase, a beginning, a person, a day, what nobody said; the texts repeat a few words.
ASKED = (
    *(
        "number 4321",
        "number 99",
        "margins",
        "mar",
        "ink paper press",
        '"are lovely"',
        "ink and drum",
        "nothing like that",
    ),
    *(
        "margins from:m3",
        "kind:post plate",
        "kind:message lovely",
        "margins before:2031",
        "in:room-0 margins",
        "東京",
        "e",
        "bo reader",
    ),
)
TIMES = 6


def run(scale: float) -> Iterator[Figure]:
    """Half of the texts are posts, a fifth of them teasers to this reader, half are messages in one room."""
    for sqlite in (False, True):
        with house() as place:
            if sqlite:
                place.env.pop("DATABASE_URL", None)
                place.database = "SQLite"
            elif place.database == "SQLite":
                continue
            known = fill(place, scale / 2)
            began = time.monotonic()
            place.manage("search_reindex")
            taken = time.monotonic() - began
            if not sqlite:
                place.manage(
                    "shell", "-c", "from django.db import connection; connection.cursor().execute('VACUUM ANALYZE')"
                )
            yield from _asked(place, known["cookie"], int(100_000 * scale), taken)


def _asked(place: House, cookie: str, texts: int, taken: float) -> Iterator[Figure]:
    part, address = place.serve("config.wsgi:application")
    spans: dict[str, list[float]] = {typed: [] for typed in ASKED}
    for number in range(TIMES + 1):
        for typed in ASKED:
            request = urllib.request.Request(f"{address}/c/bench/search/?q={quote(typed)}", headers={"Cookie": cookie})
            began = time.monotonic()
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
            if number:  # the first round warms up
                spans[typed].append((time.monotonic() - began) * 1000)
    end([part], patience=3)
    place.parts.remove(part)
    all_spans = sorted(span for some in spans.values() for span in some)
    slowest = max(spans, key=lambda typed: statistics.median(spans[typed]))
    note = f"{texts} texts, {place.database}; median {statistics.median(all_spans):.0f} ms"
    note += f"; slowest: {slowest} with {statistics.median(spans[slowest]):.0f} ms; indexed in {taken:.0f} s"
    p95 = all_spans[int(len(all_spans) * 0.95)]
    yield Figure(name=f"search.{place.database.lower()}", value=round(p95, 1), unit="ms, p95", note=note)
