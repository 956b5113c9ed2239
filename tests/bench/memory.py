"""Group `memory`: what a page process weighs at rest and after load (proportional set size, so shared pages count once)."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.house import WORKERS, house
from tests.bench.load import measure
from tests.bench.pages import fill

MB = 1024.0  # the kernel says KB


def run(scale: float) -> Iterator[Figure]:
    if not Path("/proc/self/smaps_rollup").exists():
        return
    with house() as place:
        known = fill(place, min(scale, 0.1))
        part, address = place.serve("config.wsgi:application")
        note = f"the server with {WORKERS} workers, {place.database}"
        yield Figure("memory.rest", round(weight_of(part.process.pid), 1), "MB", note=note)
        for path, cookie in (
            (known["stream"], ""),
            (known["stream"], known["cookie"]),
            (known["post"], known["cookie"]),
        ):
            measure(address + path, cookie=cookie, seconds=5)
        yield Figure("memory.load", round(weight_of(part.process.pid), 1), "MB", note=note)


def weight_of(pid: int) -> float:
    """This process and all below it, in MB."""
    total = 0
    for one in [pid, *below(pid)]:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / MB


def below(pid: int) -> list[int]:
    said = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    children = [int(word) for word in said.split()]
    return children + [deeper for child in children for deeper in below(child)]
