"""`manage.py stripe_replay evt_… [--since DATE]`: messages go through the inbox anew; their objects are asked for again."""

import argparse
import datetime as dt
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from memberships.billing import errors, gateway
from memberships.billing.inbox import retry_event, take_in, work_inbox
from memberships.billing.models import StripeEvent


def moment(text: str) -> dt.datetime:
    """A day or a moment; without a zone it is UTC."""
    found: Any = parse_datetime(text) or parse_date(text)
    if found is None:
        raise argparse.ArgumentTypeError("a day or a moment, like 2026-11-26 or 2026-11-26T14:00")
    if not isinstance(found, dt.datetime):
        found = dt.datetime.combine(found, dt.time())
    return found if timezone.is_aware(found) else found.replace(tzinfo=dt.UTC)


class Command(BaseCommand):
    help = "Puts messages of Stripe through the inbox anew. Safe at any time: what they are about is asked for again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("events", nargs="*", metavar="evt_…", help="ids of messages")
        parser.add_argument(
            "--since", type=moment, help="all that Stripe still has since this day or moment (thirty days at most)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["events"] and not options["since"]:
            raise CommandError("Name messages by their ids, or say --since.")
        try:
            ids = set(options["events"])
            found = [event for name in options["events"] for event in self.named(name)]
            if options["since"]:
                found += gateway.each_event({"created": {"gte": int(options["since"].timestamp())}})
        except errors.GatewayError as problem:
            raise CommandError(f"Stripe said: {problem}") from problem
        ids |= {event["id"] for event in found}
        new = sum(
            take_in(event, missed=True)
            for event in found
            if not StripeEvent.objects.filter(event_id=event["id"]).exists()
        )
        for row in StripeEvent.objects.filter(event_id__in=ids):
            retry_event(row)
        while work_inbox():
            pass
        became = Counter(StripeEvent.objects.filter(event_id__in=ids).values_list("status", flat=True))
        told = ", ".join(f"{count} {StripeEvent.Status(status).label}" for status, count in sorted(became.items()))
        self.stdout.write(f"{len(ids)} messages, {new} of them new: {told}")

    def named(self, name: str) -> list[Any]:
        """One that we do not have is asked of Stripe; one that is gone there as well is an error."""
        if StripeEvent.objects.filter(event_id=name).exists():
            return []
        try:
            return [gateway.retrieve_event(name)]
        except errors.NotThere:
            raise CommandError(f"Neither we nor Stripe know {name}; Stripe keeps messages for thirty days.") from None
