"""Group `fanout`: from the commit of a message to the last of many open tabs, beside a bare `websockets` broadcast.

`fanout.steady` is the last tab while messages keep coming. Lost and doubled frames are counted, and how much memory a tab costs the
server.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from config.bootstrap import ROOT
from config.processes import Part, end, free_port
from tests.bench.figures import Figure
from tests.bench.house import House, house, wait_for
from tests.bench.memory import weight_of
from tests.bench.pages import fill

SIZES = (200, 1000, 2000)
MESSAGES = 20
STEADY_TABS, RATE, STEADY_SECONDS = 500, 20, 60
VOICES = 4  # processes that speak in turn
KB = 1024.0


class Mate:
    """A process that answers lines of JSON with lines of JSON."""

    def __init__(self, place: House, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=place.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def ask(self, **what: Any) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def mate(place: House, module: str, *arguments: str) -> Iterator[Mate]:
    one = Mate(place, module, *arguments)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


def run(scale: float) -> Iterator[Figure]:
    with house() as place:
        known = fill(place, max(min(scale, 0.1), 0.02))
        sizes = [size for size in SIZES if size <= max(200, SIZES[-1] * scale * 50)]
        for size in sizes:
            yield from _measured(place, known, size)
        yield _steady(place, known, scale)


def _measured(place: House, known: dict[str, str], size: int) -> Iterator[Figure]:
    part, port = _sockets(place)
    rest = weight_of(part.process.pid)
    url = f"ws://127.0.0.1:{port}/ws/"
    with (
        mate(place, "tests.bench.tabs", url, str(size), known["room"]) as tabs,
        mate(place, "tests.bench.speak") as voice,
    ):
        tabs.ask(cookies=known["tabs"].split(","))
        weight = (weight_of(part.process.pid) - rest) * KB / size
        spans, lost = [], 0
        for _number in range(MESSAGES):
            told = voice.ask(room=known["room"], user=known["reader"])
            heard = tabs.ask(seq=told["seq"])
            lost += size - heard["count"]
            spans.append((heard["last"] - told["at"]) * 1000)
    end([part], patience=3)
    place.parts.remove(part)
    bare = _bare(place, size)
    middle = statistics.median(spans)
    note = f"one process, {place.database}, median of {MESSAGES}, slowest {max(spans):.0f} ms; lost {lost}"
    yield Figure(
        f"fanout.{size}", round(middle, 1), "ms", round(middle / bare, 2), f"bare broadcast, {bare:.1f} ms", note
    )
    if size == 1000:
        yield Figure("memory.socket", round(weight, 1), "KB", note=f"{size} open tabs in one process")


def _steady(place: House, known: dict[str, str], scale: float) -> Figure:
    """An evening that goes on: so many messages a second to so many tabs. How late the last tab had one, of all messages."""
    part, port = _sockets(place)
    number = max(RATE, round(RATE * STEADY_SECONDS * min(scale, 1)))
    with ExitStack() as stack:
        url = f"ws://127.0.0.1:{port}/ws/"
        tabs = stack.enter_context(mate(place, "tests.bench.tabs", url, str(STEADY_TABS), known["room"]))
        voices = [stack.enter_context(mate(place, "tests.bench.speak")) for _n in range(VOICES)]
        tabs.ask(cookies=known["tabs"].split(","))
        for voice in voices:
            voice.ask(room=known["room"], user=known["reader"])
        began = time.monotonic()

        def speak(n: int) -> list[tuple[int, float]]:
            """Every fourth message of the evening, each at its moment."""
            said = []
            for at in range(n, number, VOICES):
                time.sleep(max(0.0, began + at / RATE - time.monotonic()))
                answer = voices[n].ask(room=known["room"], user=known["reader"])
                said.append((answer["seq"], answer["at"]))
            return said

        with ThreadPoolExecutor(VOICES) as pool:
            told = [one for said in pool.map(speak, range(VOICES)) for one in said]
        took = time.monotonic() - began
        heard = [tabs.ask(seq=seq) for seq, _at in told]
    end([part], patience=3)
    place.parts.remove(part)
    lost = sum(STEADY_TABS - one["count"] for one in heard)
    spans = sorted((one["last"] - at) * 1000 for one, (_seq, at) in zip(heard, told, strict=True))
    middle, late = statistics.median(spans), spans[int(len(spans) * 0.95)]
    note = f"{len(told)} messages in {took:.0f} s to {STEADY_TABS} tabs in one process, {place.database}; "
    note += f"lost {lost}, doubled {heard[-1]['doubled']}; p95 {late:.0f} ms, slowest {spans[-1]:.0f} ms"
    return Figure("fanout.steady", round(middle, 1), "ms", note=note)


def _sockets(place: House) -> tuple[Part, int]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--lifespan", "off", "--no-access-log", "--log-level", "warning", "--ws-per-message-deflate", "false"]
    part = Part.start("ws", command, env=place.env, cwd=ROOT, log=Path(place.folder) / "ws.log")
    place.parts.append(part)
    wait_for(f"http://127.0.0.1:{port}/healthz", part)
    return part, port


def _bare(place: House, size: int) -> float:
    """The same from one process that does nothing else, in ms."""
    with mate(place, "tests.bench.broadcast") as server:
        port = server.ask(size=size)["port"]
        with mate(place, "tests.bench.tabs", f"ws://127.0.0.1:{port}/", str(size), "") as tabs:
            tabs.ask(cookies=[""])
            spans = []
            for number in range(1, MESSAGES + 1):
                told = server.ask(seq=number)
                spans.append((tabs.ask(seq=number)["last"] - told["at"]) * 1000)
    return statistics.median(spans)
