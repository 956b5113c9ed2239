"""`manage.py stripe_check [--probe]`: each step from nothing to live payments, and what to do where one is missing."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from memberships.billing.checking import BAD, findings

SECONDS = 20


class Command(BaseCommand):
    help = "Says step by step whether money gets through, and what to do; exit 1 where some would be lost."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        asks = "asks Stripe for a message and waits so many seconds for it (20)"
        parser.add_argument("--probe", nargs="?", type=float, const=SECONDS, default=0, metavar="SECONDS", help=asks)

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        for one in findings(probe=options["probe"]):
            bad += one.state == BAD
            self.stdout.write(f"{one.state:<5} {one.step:<10} {one.said}")
        self.stdout.write("Money gets through." if not bad else f"{bad} to mend: until then money could be lost.")
        if bad:
            sys.exit(1)
