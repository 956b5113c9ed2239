"""List mail: its way out in the headers, its guard at the door, and addresses that take no more (G06, G08, C02)."""

import datetime as dt
import smtplib

import pytest
import time_machine
from django.utils import timezone

from communities.mail import guards
from communities.mail.actions import send_due
from communities.mail.lists import is_suppressed, lift, queue_list_mail, suppress
from communities.mail.models import Mail, Suppression
from tests.communities.mail.test_send_due import NOW, Provider, provider, waiting
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
__all__ = ["provider"]


@pytest.fixture
def guard(monkeypatch):
    """guard(answer): what the guard of "kettle" says when it is asked; `asked` is how often."""
    monkeypatch.setattr(guards, "_guards", {})
    answers = {"says": True, "asked": 0}

    def ask(mail: Mail) -> bool:
        answers["asked"] += 1
        if isinstance(answers["says"], Exception):
            raise answers["says"]
        return bool(answers["says"])

    guards.register_guard("kettle", ask)
    return answers


def list_mail(user, **fields) -> Mail | None:
    fields = {"ref": "kettle:1", "stop_url": "https://hearth.example/n/x/", **fields}
    context = {"url": "https://hearth.example/"}
    return queue_list_mail(to=user.email, user=user, kind="kettle", template="address_again", context=context, **fields)


def test_it_carries_its_way_out(guard):
    list_mail(make_user("ana"), list_id="demo", thread="post:1")
    assert send_due() == 1
    message = Provider.taken[0].message()
    assert message["List-Unsubscribe"] == "<https://hearth.example/n/x/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<demo.localhost>"
    assert message["References"].endswith("@localhost>")


@pytest.mark.parametrize("says", [True, False])
def test_the_guard_is_asked_just_before_it_leaves(guard, says):
    list_mail(make_user("ana"))
    assert guard["asked"] == 0
    guard["says"] = says
    assert send_due() == int(says)
    assert guard["asked"] == 1
    row = Mail.objects.get()
    assert (row.state, row.text, row.html, row.headers) == ("sent" if says else "withdrawn", "", "", {})
    assert send_due() == 0


def test_mail_that_nobody_answers_for_does_not_leave(guard):
    list_mail(make_user("ana"), ref="pot:1")
    assert send_due() == 0
    assert Mail.objects.get().state == "withdrawn"


def test_a_guard_that_fails_keeps_the_mail_for_later(guard):
    list_mail(make_user("ana"))
    with time_machine.travel(NOW, tick=False) as clock:
        Mail.objects.update(next_at=NOW)
        guard["says"] = OSError("no database")
        assert send_due() == 0
        assert Mail.objects.get().state == "waiting"
        guard["says"] = True
        clock.shift(dt.timedelta(minutes=5))
        assert send_due() == 1


def test_an_address_that_is_refused_for_good_takes_no_more_list_mail_and_account_mail_still_goes(guard):
    ana = make_user("ana")
    list_mail(ana)
    list_mail(ana, ref="kettle:2")
    Provider.refuses = {ana.email: smtplib.SMTPRecipientsRefused({ana.email: (550, b"5.1.1 no such user")})}
    send_due()
    assert list(Suppression.objects.values_list("email", "reason")) == [(ana.email, "bounced")]
    assert sorted(Mail.objects.values_list("state", flat=True)) == ["parked", "withdrawn"]
    Provider.refuses = {}
    assert list_mail(ana) is None
    waiting(ana.email)
    assert send_due() == 1
    assert [message.to for message in Provider.taken] == [[ana.email]]


@pytest.mark.parametrize(
    ("problem", "suppressed"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"5.1.1 <ana> unknown")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (554, b"5.2.1 mailbox disabled")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"4.2.1 greylisted")}), False),
        # What the server holds against us says nothing about the address.
        (smtplib.SMTPRecipientsRefused({"a": (554, b"5.7.1 Relay access denied")}), False),
        (smtplib.SMTPDataError(554, b"5.7.1 spam"), False),
        (smtplib.SMTPSenderRefused(550, b"5.1.8 bad sender", "hello@localhost"), False),
        (TimeoutError(), False),
    ],
)
def test_only_what_is_said_of_the_address_itself_stops_mail_to_it(problem, suppressed):
    row = waiting()
    Provider.refuses = {row.to: problem}
    send_due()
    assert is_suppressed(row.to) is suppressed


def test_a_complaint_stops_list_mail_at_once_whatever_the_capitals(guard):
    ana = make_user("ana")
    list_mail(ana)
    suppress(ana.email.upper(), Suppression.Reason.COMPLAINED)
    suppress(ana.email, Suppression.Reason.BOUNCED)
    assert Suppression.objects.get().reason == "complained"
    assert send_due() == 0
    assert Mail.objects.get().state == "withdrawn"
    assert lift(ana.email.title())
    assert list_mail(ana) is not None


def test_an_hour_has_room_for_five(guard):
    ana, ben = make_user("ana"), make_user("ben")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [list_mail(ana) is not None for _mail in range(7)] == [True] * 5 + [False] * 2
        assert list_mail(ben) is not None
        clock.shift(dt.timedelta(minutes=61))
        assert list_mail(ana) is not None
    assert sorted(Mail.objects.values_list("key", flat=True)) == sorted(
        [f"list:{ben.pk}:1", *(f"list:{ana.pk}:{number}" for number in range(1, 7))]
    )
