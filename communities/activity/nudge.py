"""After a commit the worker is told that there is work, from one background thread that never makes a request wait.

A nudge may be lost: the sweepers look every second or so anyway.
"""

import logging
import threading
import time

from celery import current_app
from django.conf import settings

log = logging.getLogger(__name__)
PAUSE = 0.05  # seconds: what comes within them is told in one nudge, for each costs as much as a small page
_wanted: set[str] = set()
_wake = threading.Event()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def nudge(task: str = "activity.deliver") -> None:
    """Returns at once; nudges for the same task that come close together become one."""
    global _thread
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        return
    with _lock:
        _wanted.add(task)
        if _thread is None or not _thread.is_alive():  # started lazily: a forked server process needs its own
            _thread = threading.Thread(target=_run, name="nudge", daemon=True)
            _thread.start()
    _wake.set()


def _run() -> None:
    while True:
        _wake.wait()
        _wake.clear()
        with _lock:
            tasks = sorted(_wanted)
            _wanted.clear()
        for task in tasks:
            try:
                current_app.send_task(task, retry=False)
            except Exception as problem:
                log.info("nudge for %s lost: %s", task, problem)
        time.sleep(PAUSE)
