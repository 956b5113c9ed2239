"""Celery's door to what safety forgets."""

from celery import shared_task

from communities.safety.words import forget_words


@shared_task(name="safety.forget")
def forget() -> None:
    forget_words()
