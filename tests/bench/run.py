"""Chooses the groups (BENCH=pages,start), runs them in turn and prints what they measured."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from tests.bench import fanout, memory, notify, pages, posting, search, start
from tests.bench.figures import Figure

GROUPS: dict[str, Callable[[float], Iterator[Figure]]] = {
    "pages": pages.run,
    "notify": notify.run,
    "posting": posting.run,
    "fanout": fanout.run,
    "search": search.run,
    "start": start.run,
    "memory": memory.run,
}


@dataclass(frozen=True, slots=True)
class Asked:
    groups: tuple[str, ...]
    scale: float


def asked() -> Asked:
    """BENCH: names with commas, all where it is not set. BENCH_SCALE: 1 is 10,000 members and 100,000 posts."""
    names = tuple(name.strip() for name in os.environ.get("BENCH", "").split(",") if name.strip())
    return Asked(names or tuple(GROUPS), float(os.environ.get("BENCH_SCALE", "1")))


def main(arguments: list[str]) -> int:
    wanted = asked()
    unknown = [name for name in wanted.groups if name not in GROUPS]
    if unknown:
        print(f"BENCH knows {', '.join(GROUPS)}; not {', '.join(unknown)}.", file=sys.stderr)
        return 1
    for name in wanted.groups:
        for figure in GROUPS[name](wanted.scale):
            told = {key: value for key, value in asdict(figure).items() if value is not None}
            print(json.dumps(told), flush=True)
    return 0
