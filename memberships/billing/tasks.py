"""Celery's doors to the inbox (every few seconds, and a nudge at once)."""

from celery import shared_task

from memberships.billing import inbox


@shared_task(name="billing.inbox")
def work() -> None:
    inbox.work_inbox()
