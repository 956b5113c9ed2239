"""Group `notify`: one story, ten thousand members; from the delivery to the last bell."""

import json
import subprocess
import sys
from collections.abc import Iterator

from config.bootstrap import ROOT
from tests.bench.figures import Figure
from tests.bench.house import house

MEMBERS = 10_000


def run(scale: float) -> Iterator[Figure]:
    with house() as place:
        command = [sys.executable, "-m", "tests.bench.tell", str(scale)]
        said = subprocess.run(command, cwd=ROOT, env=place.env, check=True, capture_output=True, text=True).stdout
        known = json.loads(said.splitlines()[-1])
    yield Figure(
        name=f"notify.{MEMBERS}",
        value=round(known["told"] / known["seconds"], 1),
        unit="people/s",
        ratio=round(known["bare"] / known["seconds"], 3),
        of="the same rows inserted without asking anything",
        note=f"{known['told']} told in {known['seconds']:.2f} s, longest step {known['longest']:.2f} s, {place.database}",
    )
