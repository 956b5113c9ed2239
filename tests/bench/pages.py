"""Group `pages`: what a visitor and a member get a second, beside a bare response of the same size from the same server."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

from config.bootstrap import ROOT
from config.processes import end
from tests.bench.figures import Figure
from tests.bench.house import WORKERS, House, house
from tests.bench.load import CONNECTIONS, measure


def run(scale: float) -> Iterator[Figure]:
    with house() as place:
        known = fill(place, scale)
        cookie = known["cookie"]
        rows = [
            ("pages.stream.visitor", known["stream"], ""),
            ("pages.post50.visitor", known["post"], ""),
            ("pages.feed.member", known["stream"], cookie),
            ("pages.post50.member", known["post"], cookie),
            ("pages.room.member", known["chat"], cookie),
        ]
        part, address = place.serve("config.wsgi:application")
        measured = []
        for name, path, session in rows:
            size = weight(address + path, session)
            measured.append((name, size, measure(address + path, cookie=session)))
        end([part], patience=3)
        place.parts.remove(part)
        bare = {size: bare_rate(place, size) for size in {size for _name, size, _load in measured}}
        for name, size, load in measured:
            note = f"{WORKERS} processes, {CONNECTIONS} connections, {size} bytes, {place.database}, asked by {load.by}"
            note += f"; {load.failed} FAILED" if load.failed else ""
            yield Figure(
                name=name,
                value=round(load.a_second, 1),
                unit="requests/s",
                ratio=round(load.a_second / bare[size], 3),
                of="bare response",
                note=note,
            )


def fill(place: House, scale: float) -> dict[str, str]:
    command = [sys.executable, "-m", "tests.bench.fill", str(scale)]
    said = subprocess.run(command, cwd=ROOT, env=place.env, check=True, capture_output=True, text=True).stdout
    known: dict[str, str] = json.loads(said.splitlines()[-1])
    return known


def weight(url: str, cookie: str) -> int:
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return len(answer.read())


def bare_rate(place: House, size: int) -> float:
    part, address = place.serve("tests.bench.bare:application", BENCH_BARE_BYTES=str(size))
    rate = measure(address + "/", seconds=4).a_second
    end([part], patience=3)
    place.parts.remove(part)
    return rate
