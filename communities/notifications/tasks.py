"""Celery's door to the sweep of old news."""

from celery import shared_task

from communities.notifications.actions import sweep_old


@shared_task(name="notifications.sweep")
def sweep() -> None:
    sweep_old()
