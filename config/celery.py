"""The Celery application. Beat is one table in this file; every entry is a thin door to an action."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, worker_process_init

from config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hearth")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
@beat_embedded_init.connect
def follow_the_worker(**_signal: Any) -> None:
    """A pool child or beat must not outlive a worker that was killed."""
    die_with_parent()
