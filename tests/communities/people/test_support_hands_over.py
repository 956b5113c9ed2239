"""Support packs for somebody who cannot sign in: logged, sent to their confirmed address alone, by a link that runs out (A22)."""

import datetime as dt
import re
import zipfile
from io import BytesIO

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client, TestCase
from django.utils import timezone

from communities.activity.models import Activity
from communities.mail.models import Mail
from communities.people.exporting import pack_due
from communities.people.leaving import ask_closing, close_due
from communities.people.models import Closing, Export, User
from tests.communities.people.leaving_cast import confirmed, just_asked
from tests.desk import brand, browser, rows_of_everything

pytestmark = pytest.mark.django_db
LIST = "/admin/people/user/"


def press(user: User, name: str = "pack") -> str:
    return f"{LIST}{user.pk}/act/{name}/"


@pytest.fixture
def shut_out(member) -> User:
    confirmed(member)
    User.objects.filter(pk=member.pk).update(is_active=False)
    member.refresh_from_db()
    return member


def link_in_mail() -> str:
    found = re.search(r"http://localhost:\d+(/me/data/\S*)", Mail.objects.get(kind="export_ready").text)
    assert found is not None
    return found[1]


def test_somebody_who_was_shut_out_gets_a_link_that_opens_it_by_itself(demo, shut_out) -> None:
    helper = brand("helper", "support")
    desk = browser(helper)
    assert desk.post(press(shut_out), {"reason": "Asked by letter."}).status_code == 302
    export = Export.objects.get()
    assert (export.user, export.handed) == (shut_out, True)
    assert pack_due() == 1
    mail = Mail.objects.get(kind="export_ready")
    assert (mail.to, mail.user) == (shut_out.email, shut_out)
    answer = Client().get(link_in_mail())
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))).testzip() is None
    assert LogEntry.objects.get().user == helper and "Asked by letter." in LogEntry.objects.get().change_message
    line = Activity.objects.get(verb="data.asked")
    assert (line.actor, line.kind, line.object_id) == (helper, "user", shut_out.pk)


def test_the_link_is_nothing_without_its_key_for_another_and_after_a_day(demo, shut_out, insider) -> None:
    browser(brand("helper", "support")).post(press(shut_out), {"reason": "Asked."})
    pack_due()
    link = link_in_mail()
    address, key = link.split("?key=")
    nowhere = Client().get("/me/data/nothing/").content
    desk = browser(brand("other", "manager"))
    for one in (address, f"{address}?key=", f"{address}?key={key[:-1]}x", f"{address}?key={export_token()}"):
        for client in (Client(), desk, just_asked(confirmed(insider))):
            answer = client.get(one)
            assert (answer.status_code, answer.content) == (404, nowhere), one
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, seconds=1)):
        assert Client().get(link).status_code == 404
    User.objects.filter(pk=shut_out.pk).update(is_active=True)  # let in again: they sign in like everybody
    assert Client().get(link).status_code == 404
    assert just_asked(shut_out).get(address).status_code == 200


def export_token() -> str:
    return Export.objects.get().token


def test_whoever_can_sign_in_fetches_it_on_their_own_page(demo, member) -> None:
    browser(brand("helper", "support")).post(press(confirmed(member)), {"reason": "Asked."})
    pack_due()
    export = Export.objects.get()
    assert (export.handed, link_in_mail()) == (False, "/me/data/")
    assert just_asked(member).get(f"/me/data/{export.token}/").status_code == 200


def test_without_a_confirmed_address_there_is_nobody_to_hand_it_to(demo, shut_out) -> None:
    shut_out.emailaddress_set.update(verified=False)
    page = browser(brand("helper", "support")).post(press(shut_out), {"reason": "Asked."}).content.decode()
    assert "have no confirmed address" in page
    assert not Export.objects.exists() and not LogEntry.objects.exists()


@pytest.mark.parametrize("group", ["analyst", "moderator"])
def test_others_at_the_desk_pack_nothing(demo, member, group: str) -> None:
    desk = browser(brand("some", group))
    before = rows_of_everything()
    assert desk.post(press(member), {"reason": "Curious."}).status_code == 403
    assert rows_of_everything() == before


def test_the_desk_sees_that_and_when_and_never_the_way_to_it(demo, member) -> None:
    desk = browser(brand("helper", "support"))
    desk.post(press(member), {"reason": "Asked."})
    pack_due()
    export = Export.objects.get()
    closing = ask_closing(member, how="erase")
    for page in ("export/", f"export/{export.pk}/change/", "closing/", f"closing/{closing.pk}/change/"):
        text = desk.get(f"/admin/people/{page}").content.decode()
        assert "Member" in text and export.token not in text and "exports/" not in text


def test_nobody_revives_a_tombstone(demo, member) -> None:
    ask_closing(member, how="anonymise")
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)), TestCase.captureOnCommitCallbacks(execute=True):
        assert close_due() == 1
    desk = browser(brand("boss", "manager"))
    before = rows_of_everything()
    for button in ("reactivate", "groups", "pack", "deactivate"):
        desk.post(press(member, button), {"reason": "Come back."})
    desk.post(f"{LIST}{member.pk}/change/", {"name": "Zanzibar", "bio": ""})
    assert rows_of_everything() == before
    page = desk.get(f"{LIST}{member.pk}/change/").content.decode()
    assert "Somebody who left" in page and 'name="_save"' not in page
    assert "Somebody who left" in desk.get(f"/admin/people/closing/{Closing.objects.get().pk}/change/").content.decode()
