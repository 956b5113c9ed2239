"""Parked deliveries and parked mail at the desk: tried again by those who may, and what a mail said is never shown."""

import pytest
from django.contrib.admin.models import LogEntry

from communities.activity.models import Activity, Delivery
from communities.mail.models import Mail
from tests.desk import brand, browser, root

SECRET = "https://hearth.test/accounts/password/reset/key/sesame/"


@pytest.fixture
def parked(publish) -> Delivery:
    publish("News")
    Delivery.objects.all().delete()
    return Delivery.objects.create(
        activity=Activity.objects.first(), subscriber="digest", parked=True, attempts=5, error="TimeoutError: nobody"
    )


@pytest.fixture
def letter(db: None) -> Mail:
    return Mail.objects.create(
        to="ana@test.example",
        kind="password_reset",
        subject="A new password",
        text=SECRET,
        html=f"<a href='{SECRET}'>",
        headers={"X-Key": "sesame"},
        message_id="<1@test>",
        state=Mail.State.PARKED,
        attempts=5,
        error="550 no such user",
    )


def test_a_manager_tries_a_parked_delivery_again(parked: Delivery) -> None:
    client = browser(brand("boss", "manager"))
    address = f"/admin/activity/delivery/{parked.pk}/act/retry/"
    assert client.post(address).status_code == 302
    parked.refresh_from_db()
    assert (parked.parked, parked.attempts, parked.error) == (False, 0, "")
    line = client.get(f"/admin/activity/delivery/{parked.pk}/history/").context["lines"][0]
    assert (line.who, line.what, line.before, line.after) == ("Boss", "state", "TimeoutError: nobody", "waiting")
    again = client.post(address)
    assert again.context["form"].non_field_errors() == ["It is not parked: it is being tried already."]


def test_several_parked_deliveries_are_tried_again_at_once(parked: Delivery) -> None:
    other = Delivery.objects.create(activity=parked.activity, subscriber="bell", parked=True)
    chosen = {"action": "retry", "_selected_action": [parked.pk, other.pk], "apply": "1"}
    assert browser(root()).post("/admin/activity/delivery/", chosen).status_code == 302
    assert Delivery.objects.filter(parked=True).count() == 0
    assert LogEntry.objects.count() == 2


def test_support_sends_parked_mail_again(letter: Mail) -> None:
    client = browser(brand("support"))
    address = f"/admin/mail/mail/{letter.pk}/act/send-again/"
    assert client.post(address).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == ("waiting", 0, "")
    answer = client.post(address)
    assert answer.context["form"].non_field_errors() == ["Only mail that could not be sent can be sent again."]


@pytest.mark.parametrize("group", ["analyst", "moderator"])
def test_the_others_do_not_even_see_mail(letter: Mail, group: str) -> None:
    client = browser(brand("some", group))
    assert client.get("/admin/mail/mail/").status_code == 404
    assert client.post(f"/admin/mail/mail/{letter.pk}/act/send-again/").status_code == 403
    letter.refresh_from_db()
    assert letter.state == "parked"


def test_what_a_mail_said_is_shown_to_nobody(letter: Mail) -> None:
    client = browser(root())
    pages = ["", f"{letter.pk}/change/", f"{letter.pk}/history/", f"{letter.pk}/act/send-again/", "?q=sesame"]
    for page in pages:
        answer = client.get(f"/admin/mail/mail/{page}")
        assert answer.status_code == 200
        assert b"sesame/" not in answer.content and b"X-Key" not in answer.content
    for guess in ("text__contains=sesame", "text__startswith=https", "html__contains=sesame", "headers__contains=x"):
        assert client.get(f"/admin/mail/mail/?{guess}").status_code == 400
