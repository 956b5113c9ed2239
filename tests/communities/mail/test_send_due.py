"""Sending: once each, patiently, and without keeping what was said (X11, X16)."""

import datetime as dt
import smtplib
from typing import Any, ClassVar

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from communities.mail.actions import MAX_ATTEMPTS, retry_mail, send_due
from communities.mail.models import Mail

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


class Provider(BaseEmailBackend):
    """A mail server that fails as told."""

    down: ClassVar[Exception | None] = None
    refuses: ClassVar[dict[str, Exception]] = {}
    taken: ClassVar[list[EmailMultiAlternatives]] = []
    opened: ClassVar[int] = 0

    def open(self) -> bool:
        type(self).opened += 1
        if self.down is not None:
            raise self.down
        return True

    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            if message.to[0] in self.refuses:
                raise self.refuses[message.to[0]]
            self.taken.append(message)
        return len(email_messages)


@pytest.fixture(autouse=True)
def provider(settings: Any) -> type[Provider]:
    settings.EMAIL_BACKEND = f"{__name__}.Provider"
    Provider.down, Provider.refuses, Provider.taken, Provider.opened = None, {}, [], 0
    return Provider


def waiting(to: str = "ana@test.example", **fields: Any) -> Mail:
    fields.setdefault("html", "<p>secret link</p>")
    return Mail.objects.create(
        to=to, kind="news", subject="News", text="secret link", message_id=f"<{to}>", next_at=timezone.now(), **fields
    )


def test_what_is_due_goes_out_once_over_one_connection() -> None:
    for name in ("ana", "ben", "cleo"):
        waiting(f"{name}@test.example")
    later = waiting("dora@test.example")
    Mail.objects.filter(pk=later.pk).update(next_at=timezone.now() + dt.timedelta(minutes=1))
    assert send_due() == 3
    assert send_due() == 0
    assert [message.to for message in Provider.taken] == [
        ["ana@test.example"],
        ["ben@test.example"],
        ["cleo@test.example"],
    ]
    assert Provider.opened == 1


def test_it_carries_its_own_message_id_and_headers() -> None:
    waiting(headers={"List-Unsubscribe": "<https://x.example/u>"})
    send_due()
    message = Provider.taken[0].message()
    assert message["Message-ID"] == "<ana@test.example>"
    assert message["List-Unsubscribe"] == "<https://x.example/u>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert Provider.taken[0].alternatives[0][0] == "<p>secret link</p>"


def test_a_mail_that_went_out_keeps_nothing_of_what_it_said() -> None:
    row = waiting(headers={"List-Unsubscribe": "<https://x.example/secret>"})
    with time_machine.travel(NOW, tick=False):
        Mail.objects.update(next_at=NOW)
        send_due()
    row.refresh_from_db()
    assert (row.state, row.text, row.html, row.headers) == ("sent", "", "", {})
    assert (row.sent_at, row.attempts) == (NOW, 1)


@pytest.mark.parametrize(
    "problem", [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPNotSupportedError("STARTTLS")]
)
def test_a_server_that_does_not_answer_costs_no_mail_a_try(problem: Exception) -> None:
    """Also a server that no longer offers STARTTLS: nothing goes out in the clear."""
    with time_machine.travel(NOW, tick=False) as clock:
        waiting("ana@test.example")
        waiting("ben@test.example")
        Provider.down = problem
        for _second in range(25):  # nobody knocks again for half a minute
            assert send_due() == 0
            clock.shift(1)
        assert Provider.opened == 1
        for _minute in range(30):
            clock.shift(60)
            send_due()
        assert set(Mail.objects.values_list("state", "attempts")) == {("waiting", 0)}
        Provider.down = None
        clock.shift(60)
        assert send_due() == 2
    assert len(Provider.taken) == 2


def test_a_refused_mail_waits_longer_each_time_and_is_parked_after_five_tries_while_others_go() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        bad, good = waiting("bad@test.example"), waiting("good@test.example")
        Provider.refuses = {"bad@test.example": smtplib.SMTPDataError(451, b"try later\r\nplease")}
        tries = []
        for _minute in range(80):
            before = Mail.objects.get(pk=bad.pk).attempts
            send_due()
            if Mail.objects.get(pk=bad.pk).attempts > before:
                tries.append(timezone.now() - NOW)
            clock.shift(60)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert [delay.total_seconds() // 60 for delay in tries] == [0, 2, 6, 14, 30]
    assert (bad.state, bad.attempts, good.state) == ("parked", 5, "sent")
    assert bad.error == "SMTPDataError: (451, b'try later\\r\\nplease')"


def test_an_address_that_does_not_exist_is_not_asked_again() -> None:
    row = waiting()
    Provider.refuses = {row.to: smtplib.SMTPRecipientsRefused({row.to: (550, b"no such user")})}
    send_due()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("parked", 1)


def test_a_worker_that_died_while_sending_loses_its_claim_after_a_minute_and_not_before() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        row = waiting()
        Provider.refuses = {row.to: KeyboardInterrupt()}  # type: ignore[dict-item]
        with pytest.raises(KeyboardInterrupt):
            send_due()
        Provider.refuses = {}
        clock.shift(50)
        assert send_due() == 0
        clock.shift(11)
        assert send_due() == 1


def test_a_mail_that_keeps_killing_its_worker_is_parked() -> None:
    row = waiting(attempts=MAX_ATTEMPTS)
    assert send_due() == 0
    row.refresh_from_db()
    assert row.state == "parked"
    assert Provider.opened == 0


def test_a_parked_mail_can_be_sent_again_by_hand() -> None:
    row = waiting(state="parked", attempts=5, error="no")
    retry_mail(row)
    assert send_due() == 1
    row.refresh_from_db()
    assert (row.state, row.error) == ("sent", "")


def test_two_workers_send_a_mail_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second looks while the first has read its list but claimed nothing."""
    waiting()
    from communities.mail import actions

    claim, nested = actions._claim, []

    def claim_late(row: Mail) -> bool:
        if not nested:
            nested.append(True)
            nested.append(send_due())
        return claim(row)

    monkeypatch.setattr(actions, "_claim", claim_late)
    assert send_due() == 0
    assert nested == [True, 1]
    assert len(Provider.taken) == 1
