"""`manage.py checks`: everything about the code that can be judged without running it, each judge once, all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.bootstrap import ROOT

# What an operator sets in production; the deploy checks judge the settings as they are there.
PRODUCTION = {
    "HEARTH_MODE": "live",
    "SITE_URL": "https://hearth.example",
    "ALLOWED_HOSTS": "hearth.example",
    "SECRET_KEY": "only-for-this-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "EMAIL_URL": "smtp+tls://mail.hearth.example:587",
    "STRIPE_MODE": "live",
    "STRIPE_API_KEY": "rk_live_only_for_this_check",
    "STRIPE_WEBHOOK_SECRET": "whsec_only_for_this_check",
}


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    program: str
    arguments: list[str]
    env: Mapping[str, str] = field(default_factory=dict)

    def command(self) -> list[str]:
        beside = Path(sys.executable).parent / self.program
        return [*([sys.executable, "manage.py"] if self.program == "manage.py" else [str(beside)]), *self.arguments]


def planned() -> list[Check]:
    templates = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]
    checks = [
        Check("lint", "ruff", ["check", "--quiet", "--no-cache", "."]),
        Check("format", "ruff", ["format", "--check", "--quiet", "--no-cache", "."]),
        Check("layers", "lint-imports", ["--config", "pyproject.toml", "--no-cache"]),
        Check("migrations", "manage.py", ["makemigrations", "--check", "--dry-run"]),
        Check("deploy", "manage.py", ["check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Check("types", "mypy", ["--no-error-summary"]),
    ]
    if templates:
        checks.insert(2, Check("templates", "djade", ["--check", "--target-version", "5.2", *templates]))
    return checks


def main(arguments: list[str]) -> int:
    """With names after it (`make check` has none) only those. Every judge speaks, also after one has failed."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="hearth-checks-") as data:
        for check in planned():
            if arguments and check.name not in arguments:
                continue
            env = {**os.environ, "HEARTH_DATA": data, "HEARTH_MODE": "demo", **check.env}
            began = time.monotonic()
            code = subprocess.run(check.command(), cwd=ROOT, env=env, check=False).returncode
            print(f"{'ok    ' if code == 0 else 'FAILED'}  {check.name}  {time.monotonic() - began:.1f} s", flush=True)
            if code:
                failed.append(check.name)
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.", flush=True)
    return 1 if failed else 0
