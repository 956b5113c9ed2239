"""Celery's door to the outbox; beat opens it every second as the sweeper, a nudge at once."""

from celery import shared_task

from communities.activity.actions import deliver_due


@shared_task(name="activity.deliver")
def deliver() -> None:
    deliver_due()
