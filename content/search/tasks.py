"""Celery's door to the index."""

from celery import shared_task

from content.search.engine import tidy


@shared_task(name="search.tidy")
def tidy_up() -> None:
    """Some of the index is folded together; what was taken out of it goes for good by and by."""
    tidy()
