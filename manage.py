#!/usr/bin/env python3
"""The one door for every command: makes the environment where there is none, then hands over to a tool or Django."""

import os
import sys
from contextlib import suppress
from importlib import import_module

# Before anything that an older Python cannot read.
if sys.version_info < (3, 11):
    sys.exit("Hearth needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

# Commands that only start others: they load no Django themselves, so they stay small and answer at once.
TOOLS = {
    "up": "config.supervisor",
    "stripe_standin": "memberships.standin.__main__",
    "test": "tests.run",
    "checks": "tests.checks",
    "audit": "tests.audit",
    "bench": "tests.bench.run",
}


def main(argv: list[str]) -> int:
    from config import bootstrap

    bootstrap.enter(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = argv[1] if len(argv) > 1 else ""
    if command == "bootstrap":
        return 0
    if command in TOOLS:
        return int(import_module(TOOLS[command]).main(argv[2:]))
    from config.datafolder import DataFolder, Refusal

    # A command on a bare checkout finds its folder; where it cannot be made, the command may need none.
    with suppress(Refusal):
        folder = DataFolder.from_environment()
        folder.open()
        folder.keep_secret_key()
    from django.core.management import execute_from_command_line

    if command in ("", "help", "-h", "--help") and len(argv) < 3:
        print("Hearth's own: up, stripe_standin, test, checks, audit, bootstrap. Django's follow.\n")
    execute_from_command_line(argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
