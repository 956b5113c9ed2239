"""What /healthz, /readyz and /metrics tell, and whom."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from communities.activity.models import Activity, Delivery
from config import health


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("password authentication failed for user hearth")

    monkeypatch.setattr(connection, "ensure_connection", refuse)


def test_healthz_answers_without_a_database_and_for_any_host(no_database: None) -> None:
    response = Client().get("/healthz", headers={"host": "10.0.0.7"})
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "sessionid" not in response.cookies


@pytest.mark.django_db
def test_readyz_names_each_part_and_nothing_else() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "redis": "ok", "outbox": "ok", "disk": "ok"}
    assert response["Cache-Control"] == "no-store"


def test_readyz_is_503_when_the_database_is_down_and_keeps_the_reason(no_database: None) -> None:
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "down"
    assert b"password" not in response.content


@pytest.mark.django_db
def test_readyz_is_503_when_redis_is_down(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["redis"]) == (503, "down")


@pytest.mark.django_db
def test_readyz_is_503_when_the_disk_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "free_bytes", lambda: health.DISK_LOW)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["disk"]) == (503, "down")


def waiting(seconds: float, **fields: Any) -> Delivery:
    now = timezone.now()
    row = Activity.objects.create(key=f"test:{seconds}:{fields}", verb="test.waited", occurred_at=now)
    return Delivery.objects.create(
        activity=row, subscriber="test", next_at=now - dt.timedelta(seconds=seconds), **fields
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "state", "status"), [(30, "ok", 200), (90, "down", 503), (-90, "ok", 200)])
def test_readyz_is_503_when_a_delivery_waits_for_over_a_minute(seconds: float, state: str, status: int) -> None:
    waiting(seconds)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["outbox"]) == (status, state)


@pytest.mark.django_db
def test_a_parked_delivery_waits_for_a_person_and_counts_for_nothing() -> None:
    waiting(9000, parked=True)
    assert Client().get("/readyz").status_code == 200


@pytest.mark.django_db
def test_metrics_are_for_this_machine() -> None:
    waiting(5)
    Client().get("/nothing-here/")
    response = Client().get("/metrics")
    assert response.status_code == 200
    lines = dict(line.rsplit(" ", 1) for line in response.content.decode().splitlines() if not line.startswith("#"))
    assert lines["hearth_database_up"] == "1"
    assert lines["hearth_outbox_due"] == "1"
    assert float(lines["hearth_outbox_oldest_seconds"]) >= 5
    assert int(lines['hearth_requests_total{status="4xx"}']) >= 1
    assert lines['hearth_request_seconds_bucket{le="+Inf"}'] == lines["hearth_request_seconds_count"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "foreign", [{"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}]
)
def test_metrics_do_not_exist_for_others(foreign: dict[str, str]) -> None:
    response = Client(**foreign).get("/metrics")
    assert response.status_code == 404
    assert response.content == Client(**foreign).get("/nothing-here/").content


@pytest.mark.django_db
def test_metrics_from_elsewhere_need_the_token(settings: Any) -> None:
    settings.HEARTH_METRICS_TOKEN = "tell-me-é"
    far = Client(REMOTE_ADDR="192.0.2.7")
    assert far.get("/metrics").status_code == 404
    assert far.get("/metrics", headers={"authorization": "Bearer tell-you"}).status_code == 404
    settings.HEARTH_METRICS_TOKEN = "tell-me"
    assert far.get("/metrics", headers={"authorization": "Bearer tell-me"}).status_code == 200
    assert Client().get("/metrics").status_code == 404
