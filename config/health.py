"""What machines ask: /healthz (is the process there), /readyz (and what it needs), /metrics (for Prometheus)."""

from __future__ import annotations

import hmac
import shutil
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

OUTBOX_LATE = timedelta(seconds=60)
OUTBOX_DEEP = 1000
DISK_LOW = 200 * 1024 * 1024
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Vitals:
    """First in line: answers the probes whatever host they name, and counts what everybody else got."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return healthz(request)
        if request.path_info == "/readyz":
            return readyz(request)
        began = time.perf_counter()
        response = self.get_response(request)
        tally.add(response.status_code, time.perf_counter() - began)
        return response


class Tally:
    """Requests of this process by class of status, and how long they took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.statuses: dict[str, int] = {}
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, status: int, seconds: float) -> None:
        with self._lock:
            name = f"{status // 100}xx"
            self.statuses[name] = self.statuses.get(name, 0) + 1
            self.buckets[bisect_left(BUCKETS, seconds)] += 1
            self.seconds += seconds

    def lines(self) -> list[str]:
        with self._lock:
            lines = [f'hearth_requests_total{{status="{name}"}} {n}' for name, n in sorted(self.statuses.items())]
            total = 0
            for upper, count in zip((*map(str, BUCKETS), "+Inf"), self.buckets, strict=True):
                total += count
                lines.append(f'hearth_request_seconds_bucket{{le="{upper}"}} {total}')
            return [*lines, f"hearth_request_seconds_sum {self.seconds:.6f}", f"hearth_request_seconds_count {total}"]


tally = Tally()


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so a database that is down does not restart it."""
    return plain("ok\n")


def readyz(_request: HttpRequest) -> JsonResponse:
    """Each thing it needs: up or down. 503 when one is down; no names, addresses or reasons. A key that Stripe refuses is said."""
    parts = {"database": database_up(), "redis": redis_up(), "outbox": outbox_up(), "disk": disk_up()}
    answer = {name: "ok" if up else "down" for name, up in parts.items()}
    if not key_taken():  # members go on without it: no reason to take this process out of the line
        answer["stripe"] = "key refused"
    response = JsonResponse(answer, status=200 if all(parts.values()) else 503)
    response["Cache-Control"] = "no-store"
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, or for who knows the token; to others it does not exist."""
    if not may_measure(request):
        raise Http404
    gauges: dict[str, float] = {
        "hearth_database_up": int(database_up()),
        "hearth_redis_up": int(redis_up()),
        "hearth_disk_free_bytes": free_bytes(),
        "hearth_stripe_key_taken": int(key_taken()),
    }
    if gauges["hearth_database_up"]:
        gauges |= outbox_gauges()
    lines = [line for name, value in gauges.items() for line in (f"# TYPE {name} gauge", f"{name} {value}")]
    lines += ["# TYPE hearth_requests_total counter", "# TYPE hearth_request_seconds histogram", *tally.lines()]
    return plain("\n".join(lines) + "\n", "text/plain; version=0.0.4; charset=utf-8")


def may_measure(request: HttpRequest) -> bool:
    token = settings.HEARTH_METRICS_TOKEN
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # A proxy on this machine speaks for somebody else, and says so.
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and not forwarded


def database_up() -> bool:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        connection.close()
        return False


def redis_up() -> bool:
    """True where none is configured: then nothing waits for one."""
    if not settings.REDIS_URL:
        return True
    import redis

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1) as line:
            return bool(line.ping())
    except (redis.RedisError, OSError):
        return False


def key_taken() -> bool:
    """Does Stripe take our key, as far as we were told? True where nothing is sold."""
    from memberships.billing.key_standing import refused_since

    return refused_since() is None


def outbox_gauges() -> dict[str, float]:
    """How many deliveries are due and how long the oldest has waited."""
    from django.db.models import Count, Min

    try:
        delivery = apps.get_model("activity", "Delivery")
    except LookupError:
        return {}
    now = timezone.now()
    due = delivery._default_manager.filter(parked=False, next_at__lte=now)
    row = due.aggregate(depth=Count("pk"), oldest=Min("next_at"))
    age = (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0
    return {"hearth_outbox_due": row["depth"], "hearth_outbox_oldest_seconds": round(age, 3)}


def outbox_up() -> bool:
    try:
        gauges = outbox_gauges()
    except DatabaseError:
        return False
    late = gauges.get("hearth_outbox_oldest_seconds", 0) > OUTBOX_LATE.total_seconds()
    return not late and gauges.get("hearth_outbox_due", 0) <= OUTBOX_DEEP


def free_bytes() -> int:
    """On the disk that holds the data folder, or will: before the first start there is none."""
    folder = next(it for it in (settings.HEARTH_DATA, *settings.HEARTH_DATA.parents) if it.exists())
    return shutil.disk_usage(folder).free


def disk_up() -> bool:
    return free_bytes() > DISK_LOW


def plain(text: str, kind: str = "text/plain; charset=utf-8") -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Cache-Control"] = "no-store"
    return response
