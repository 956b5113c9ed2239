"""The ledger is insert-only, and the outbox hands each activity to each subscriber until it has gone through."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from communities.activity import actions, registry
from communities.activity.actions import LEASE, MAX_ATTEMPTS, deliver_due, record, retry_delivery
from communities.activity.models import Activity, Delivery
from communities.activity.registry import Verb, declare, stepper, subscriber

heard: list[int] = []


@pytest.fixture
def hearing() -> Iterator[list[int]]:
    """A verb and a subscriber that exist for one test."""
    declare(Verb("kettle.boiled", "{actor} boiled {object}"))

    @subscriber("test", ["kettle.boiled"])
    def hear(activity: Activity) -> None:
        heard.append(activity.pk)

    heard.clear()
    yield heard
    del registry.VERBS["kettle.boiled"], registry.SUBSCRIBERS["test"]


def boil(key: str | None = None) -> Activity | None:
    with transaction.atomic():
        return record("kettle.boiled", kind="kettle", object_id=1, key=key)


@pytest.mark.django_db
def test_a_row_of_the_ledger_is_never_changed_or_deleted(hearing):
    row = boil()
    row.verb = "kettle.cooled"
    for change in (row.save, row.delete, Activity.objects.all().delete, lambda: Activity.objects.update(verb="x")):
        with pytest.raises(TypeError, match="insert-only"):
            change()
    assert Activity.objects.get().verb == "kettle.boiled"


@pytest.mark.django_db
def test_a_verb_that_no_app_declares_is_refused():
    with pytest.raises(ValueError, match="declares"), transaction.atomic():
        record("kettle.exploded")
    assert Activity.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused(hearing):
    with pytest.raises(RuntimeError, match="transaction"):
        record("kettle.boiled")


@pytest.mark.django_db
def test_the_same_key_is_recorded_once_and_delivered_once(hearing):
    first = boil("kettle:1")
    assert boil("kettle:1") is None
    assert Activity.objects.count() == 1
    assert deliver_due() == 1
    assert deliver_due() == 0
    assert hearing == [first.pk]
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_an_action_that_rolls_back_announces_nothing(hearing):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("kettle.boiled")
        1 / 0  # noqa: B018
    assert (Activity.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_failing_subscriber_is_tried_again_later_and_parked_in_the_end(hearing):
    def fail(activity: Activity) -> None:
        raise OSError("no water")

    registry.SUBSCRIBERS["test"] = (frozenset({"kettle.boiled"}), fail)
    boil()
    now = timezone.now()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with time_machine.travel(now, tick=False):
            assert deliver_due() == 0
            row = Delivery.objects.get()
            assert row.attempts == attempt
            assert row.error == "OSError: no water"
            assert deliver_due() == 0
            assert Delivery.objects.get().attempts == attempt  # not due yet
        now += dt.timedelta(hours=1)
    assert Delivery.objects.get().parked

    registry.SUBSCRIBERS["test"] = (frozenset({"kettle.boiled"}), lambda activity: hearing.append(activity.pk))
    with time_machine.travel(now, tick=False):
        assert deliver_due() == 0
        retry_delivery(Delivery.objects.get())
        assert deliver_due() == 1
    assert len(hearing) == 1


@pytest.mark.django_db
def test_what_a_failing_subscriber_wrote_is_rolled_back(hearing):
    def half(activity: Activity) -> None:
        record("kettle.boiled", key="half")
        raise OSError

    boil("whole")
    registry.SUBSCRIBERS["test"] = (frozenset({"kettle.boiled"}), half)
    deliver_due()
    assert list(Activity.objects.values_list("key", flat=True)) == ["whole"]


@pytest.mark.django_db
def test_a_worker_that_died_holds_a_row_for_its_lease_only(hearing):
    boil()
    now = timezone.now()
    Delivery.objects.update(next_at=now + LEASE, attempts=1)  # claimed, never finished
    with time_machine.travel(now + LEASE - dt.timedelta(seconds=1), tick=False):
        assert deliver_due() == 0
    with time_machine.travel(now + LEASE, tick=False):
        assert deliver_due() == 1
    assert len(hearing) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_deliver_each_row_once(hearing):
    for _number in range(20):
        boil()

    def work(_worker: int) -> int:
        try:
            return deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(work, range(4)))
    assert done == 20
    assert sorted(hearing) == sorted(Activity.objects.values_list("pk", flat=True))
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_a_subscriber_that_a_newer_release_dropped_leaves_nothing_behind(hearing):
    boil()
    Delivery.objects.update(subscriber="gone")
    assert deliver_due() == 1
    assert Delivery.objects.count() == 0


@pytest.fixture
def counting() -> Iterator[list[str]]:
    """A subscriber that works in three steps."""
    declare(Verb("kettle.boiled", "{actor} boiled {object}"))
    steps: list[str] = []

    @stepper("test", {"kettle.boiled"})
    def count(activity: Activity, rest: str) -> str:
        steps.append(rest)
        return {"": "one", "one": "two"}.get(rest, "")

    yield steps
    del registry.VERBS["kettle.boiled"], registry.SUBSCRIBERS["test"]
    registry.STEPPERS.discard("test")


@pytest.mark.django_db
def test_a_subscriber_that_works_in_steps_goes_on_where_it_was(counting):
    boil()
    assert deliver_due() == 1
    assert counting == ["", "one", "two"]
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_a_long_delivery_lets_the_others_have_their_turn(counting, monkeypatch):
    monkeypatch.setattr(actions, "STINT", 0)
    boil()
    assert deliver_due() == 0
    assert list(Delivery.objects.values_list("rest", "attempts", "parked")) == [("one", 0, False)]
    assert deliver_due() == 0
    assert deliver_due() == 1
    assert counting == ["", "one", "two"]


@pytest.mark.django_db
def test_what_one_look_cannot_do_is_left_for_the_next(hearing, monkeypatch):
    monkeypatch.setattr(actions, "BUDGET", -1)
    boil()
    assert deliver_due() == 0
    assert list(Delivery.objects.values_list("attempts", flat=True)) == [0]
    monkeypatch.undo()
    assert deliver_due() == 1
