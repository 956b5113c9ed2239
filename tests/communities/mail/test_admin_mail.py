"""Mail at the desk: what it was about and what became of it; a complaint stops list mail, a button takes it up again (G08)."""

import pytest
from django.contrib.admin.models import LogEntry

from communities.mail.lists import is_suppressed
from communities.mail.models import Mail
from tests.desk import brand, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Mail:
    return Mail.objects.create(
        to="Ana@test.example", kind="news", subject="News", message_id="<1>", ref="news:7", state=Mail.State.WITHDRAWN
    )


def test_the_list_shows_what_it_was_about_and_that_it_was_withdrawn(letter):
    page = browser(brand("ana", "support")).get("/admin/mail/mail/").content.decode()
    assert "news:7" in page and "not sent: its reader" in page


def test_a_complaint_stops_list_mail_to_the_address_and_can_be_taken_back(letter):
    desk, here = browser(brand("ana", "support")), f"/admin/mail/mail/{letter.pk}/"
    assert f"{here}act/complained/" in desk.get(f"{here}change/").content.decode()
    desk.post(f"{here}act/complained/", {"reason": "The provider told us."})
    assert is_suppressed("ana@test.example")
    page = desk.get(f"{here}change/").content.decode()
    assert "stopped: complained" in page
    assert f"{here}act/complained/" not in page
    assert "already" in desk.post(f"{here}act/complained/", {"reason": "Twice."}).content.decode()
    desk.post(f"{here}act/take-again/", {"reason": "She asked for it."})
    assert not is_suppressed("ana@test.example")
    assert LogEntry.objects.count() == 2


def test_nobody_but_those_who_mend_mail_stops_it(letter):
    for group in ("analyst", "moderator"):
        answer = browser(brand(f"some-{group}", group)).post(
            f"/admin/mail/mail/{letter.pk}/act/complained/", {"reason": "x"}
        )
        assert answer.status_code in (403, 404)
    assert not is_suppressed(letter.to)
