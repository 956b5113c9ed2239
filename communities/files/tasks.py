"""Celery's doors to the sizes (every few seconds, and a nudge at once) and to the sweeper (once a day)."""

from celery import shared_task

from communities.files import actions


@shared_task(name="files.size")
def size() -> None:
    actions.make_sizes()


@shared_task(name="files.sweep")
def sweep() -> None:
    actions.sweep_files()
