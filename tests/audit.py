"""`manage.py audit`: known vulnerabilities of what is pinned; what could not be looked up is named, never counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from packaging.requirements import Requirement

from config.bootstrap import DEV, ROOT

SERVICES = ("pypi", "osv")
Row = Mapping[str, Any]


def main(_arguments: list[str]) -> int:
    return max([audit(name) for name in DEV])


def audit(name: str) -> int:
    """Ask one service, and where it leaves something open the other."""
    wanted = pinned((ROOT / name).read_text(encoding="utf-8"))
    rows: list[Row] = []
    said = ""
    for service in SERVICES:
        answer, why = ask(service, name)
        said = said or why
        rows += [row for row in answer if "skip_reason" not in row]
        if {str(row["name"]).lower() for row in rows} >= wanted:
            break
    return report(name, wanted, rows, said or "the service does not know them")


def pinned(text: str) -> set[str]:
    """The names in a requirements file that are installed here; the others are for another system or Python."""
    lines = [line.rstrip("\\ ") for line in text.splitlines() if line[:1].isalnum() and "==" in line]
    required = [Requirement(line) for line in lines]
    return {one.name.lower() for one in required if one.marker is None or one.marker.evaluate()}


def ask(service: str, name: str) -> tuple[list[Row], str]:
    """What pip-audit found out, and why it did not where it did not."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", name, "--disable-pip", "--require-hashes"]
    options = ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    try:
        done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
        return list(json.loads(done.stdout)["dependencies"]), ""
    except subprocess.TimeoutExpired:
        return [], f"{service} did not answer in 5 minutes"
    except (ValueError, KeyError, TypeError):
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        return [], f"{service}: {lines[-1] if lines else f'pip-audit ended with {done.returncode}'}"[:200]


def report(name: str, wanted: set[str], rows: Sequence[Row], why: str) -> int:
    """1 where something is vulnerable, 2 where something could not be looked up, 0 where all was and is clean."""
    found = sorted({(str(row["name"]), str(row["version"]), *describe(one)) for row in rows for one in row["vulns"]})
    for package, version, known_as, fixed in found:
        print(f"{name}: {package} {version}: {known_as}, mended in {fixed}", flush=True)
    missed = sorted(wanted - {str(row["name"]).lower() for row in rows})
    if missed:
        print(f"{name}: could NOT look up {', '.join(missed)} ({why})", flush=True)
    if found:
        return 1
    if missed or not wanted:
        return 2
    print(f"{name}: all {len(wanted)} packages were looked up, no vulnerability is known", flush=True)
    return 0


def describe(one: Row) -> tuple[str, str]:
    return str(one["id"]), ", ".join(one.get("fix_versions") or []) or "no release yet"
