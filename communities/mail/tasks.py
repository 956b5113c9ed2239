"""Celery's door to the mail queue; beat opens it every second, a nudge at once."""

from celery import shared_task

from communities.mail.actions import send_due


@shared_task(name="mail.send")
def send() -> None:
    send_due()
