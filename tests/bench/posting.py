"""Group `posting`: what members get written a second, each answer of the server a committed comment or message."""

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.house import WORKERS, house
from tests.bench.load import CONNECTIONS, measure_posts
from tests.bench.pages import fill

THREADS = "4"  # in each process: while one waits for the database to commit, another one works


def run(scale: float) -> Iterator[Figure]:
    """posting.reply: sixteen people under sixteen posts; posting.reply.one_thread: all of them under the same.
    posting.message: sixteen people in as many rooms; posting.message.one_room: all of them in one."""
    with house() as place:
        known = fill(place, scale)
        cookies = known["writers"].split(",")
        _part, address = place.serve("config.wsgi:application", threads=THREADS)
        rows = {
            "posting.reply": known["quiet"].split(","),
            "posting.reply.one_thread": [known["hot"]],
            "posting.message": known["rooms"].split(","),
            "posting.message.one_room": [known["rooms"].split(",")[0]],
        }
        for name, paths in rows.items():
            load = measure_posts([address + path for path in paths], cookies)
            note = f"{WORKERS} processes of {THREADS} threads, {CONNECTIONS} connections, {place.database}, sent by {load.by}"
            note += f"; {load.failed} FAILED" if load.failed else ""
            yield Figure(name=name, value=round(load.a_second, 1), unit="texts/s", note=note)
