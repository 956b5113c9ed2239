"""`manage.py stripe_reconcile`: messages that never came, and every subscription compared with Stripe."""

from typing import Any

from django.core.management.base import BaseCommand

from memberships.billing import reconcile
from memberships.billing.inbox import work_inbox


class Command(BaseCommand):
    help = "Takes in lost messages, works them off, compares every subscription, and says what differed."

    def handle(self, *args: Any, **options: Any) -> None:
        missed, done = reconcile.hourly(), 0
        while step := work_inbox():
            done += step
        self.stdout.write(f"{missed} messages had not come, {done} worked off")
        self.stdout.write(f"{reconcile.nightly(budget=None)} subscriptions stood otherwise, and were read anew")
