"""Celery's doors: announcing what opened by the clock."""

from celery import shared_task

from content.posts.actions import announce_opened


@shared_task(name="posts.announce_opened")
def announce() -> None:
    announce_opened()
