"""The Celery application. Beat is the one table in this file; every entry is a thin door to an action."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, worker_process_init, worker_ready

from config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Seconds between two looks. Each look finds rows that are due, so a lost one costs its period and nothing else.
BEAT = {
    "activity.deliver": 1,
    "mail.send": 3,
    "files.size": 5,
    "embeds.look_up": 3,
    "posts.announce_opened": 15,
    "billing.inbox": 3,
    "billing.clock": 60,
    "billing.hourly": 60 * 60,
    "billing.nightly": 24 * 60 * 60,
    "people.pack": 5,
    "people.close": 60,
    "people.expire": 10 * 60,
    "files.sweep": 60 * 60,
    "embeds.tidy": 60 * 60,
    "search.tidy": 10 * 60,
    "notifications.sweep": 60 * 60,
    "safety.forget": 24 * 60 * 60,
}

WORKER = os.getpid()  # of the process that reads this; the ones it forks compare
app = Celery("hearth")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    name: {
        "task": name,
        "schedule": timedelta(seconds=seconds),
        # A worker that was away must not find a thousand looks waiting.
        "options": {"expires": max(2, seconds)},
    }
    for name, seconds in BEAT.items()
}
app.autodiscover_tasks()

# Three lines a second about looks that found nothing would bury the one that matters.
for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat"):
    logging.getLogger(name).setLevel(logging.WARNING)


@worker_process_init.connect
@beat_embedded_init.connect
def follow_the_worker(**_signal: Any) -> None:
    """A pool child or beat must not outlive a worker that was killed, also where that happened before it could ask."""
    die_with_parent()
    if os.getppid() != WORKER:
        os._exit(1)


@worker_ready.connect
def look_for_lost(**_signal: Any) -> None:
    """Whoever was away has missed messages of Stripe: the hourly look is done at the start as well."""
    app.send_task("billing.hourly", expires=60)
