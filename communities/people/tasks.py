"""Celery's doors to exports and closings; beat opens them, a nudge the packing at once."""

from celery import shared_task

from communities.people.exporting import expire_exports, pack_due
from communities.people.leaving import close_due


@shared_task(name="people.pack")
def pack() -> None:
    pack_due()


@shared_task(name="people.expire")
def expire() -> None:
    expire_exports()


@shared_task(name="people.close")
def close() -> None:
    close_due()
