"""Celery's doors to the inbox (every few seconds, and a nudge at once) and to the looks for what we were not told."""

from celery import shared_task

from memberships.billing import clock, inbox, parting, reconcile, repricing


@shared_task(name="billing.inbox")
def work() -> None:
    inbox.work_inbox()


@shared_task(name="billing.clock")
def look() -> None:
    clock.look()
    parting.end_for_gone()


@shared_task(name="billing.hourly")
def hourly() -> None:
    reconcile.hourly()
    repricing.carry_prices()


@shared_task(name="billing.nightly")
def nightly() -> None:
    reconcile.nightly()
