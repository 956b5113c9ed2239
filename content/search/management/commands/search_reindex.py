"""`manage.py search_reindex`: puts every word into the index anew, in short steps, while the site runs."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from content.search.actions import reindex


class Command(BaseCommand):
    help = "Puts everything that can be found into the index anew, in short steps; safe at any time, and any number of times."

    def handle(self, *_args: Any, **_options: Any) -> None:
        began = time.monotonic()
        for known, many in reindex():
            self.stdout.write(f"{known.kind}: {many}")
        self.stdout.write(f"The index is whole after {time.monotonic() - began:.1f} s.")
