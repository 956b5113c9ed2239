"""`manage.py seed_demo`: the people, posts and pictures of the demo, once, in demo mode only."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from communities.access.texts import unasked
from config.demo.seed import is_seeded, seed


class Command(BaseCommand):
    help = (
        "Fills the demo: two communities, their people, a year of posts with drawn pictures. Once, in demo mode only."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Everybody knows the password of the demo people: this works with HEARTH_MODE=demo only."
            )
        if is_seeded():
            self.stdout.write("The demo is there already.")
            return
        began = time.monotonic()
        with unasked():
            counts = ", ".join(f"{number} {name}" for name, number in seed().items())
        self.stdout.write(f"The demo is filled in {time.monotonic() - began:.0f} s: {counts}.")
