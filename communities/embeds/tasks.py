"""Celery's door to the look-up of links; beat opens it every few seconds, a nudge at once."""

from celery import shared_task

from communities.embeds.actions import look_up_due, tidy


@shared_task(name="embeds.look_up")
def look_up() -> None:
    look_up_due()


@shared_task(name="embeds.tidy")
def tidy_up() -> None:
    tidy()
