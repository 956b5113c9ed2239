"""What one wants to be told, and where: a form with calm defaults, and what to do about an address that is refused."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from communities.activity.models import Activity
from communities.mail.lists import is_suppressed, suppress
from communities.mail.models import Mail, Suppression
from communities.notifications.kinds import KINDS
from communities.notifications.models import Preference
from communities.notifications.wishes import wishes_of

pytestmark = pytest.mark.django_db
PAGE = "/me/notifications/"
# kind: (bell, mail) as it is without anybody saying so; mail None is never sent. Written down by hand.
DEFAULTS = {
    "mention": (True, True),
    "answer": (True, True),
    "comment": (True, True),
    "thread": (True, False),
    "reaction": (True, None),
    "room_call": (True, True),
    "room_answer": (True, False),
    "room_message": (True, False),
    "direct": (True, True),
    "asks": (True, True),
    "door": (True, True),
    "invited": (True, False),
    "step": (True, False),
    "report": (True, True),
    "decided": (True, False),
    "act": (True, True),
    "post": (True, False),
    "money": (True, True),
    "dispute": (True, True),
}


def now_of(user) -> dict[str, tuple[bool, bool]]:
    found = {slug: wishes_of([user.pk], kind)[user.pk] for slug, kind in KINDS.items()}
    return {slug: (wish.bell, wish.mail) for slug, wish in found.items()}


def form_of(user) -> dict[str, list[str]]:
    """The form as it stands when nobody touched it."""
    found = now_of(user)
    bell = [slug for slug, (bell, _mail) in found.items() if bell and not KINDS[slug].always]
    return {"bell": bell, "mail": [slug for slug, (_bell, mail) in found.items() if mail and not KINDS[slug].account]}


def test_the_defaults_are_calm_and_these() -> None:
    assert {slug: (kind.bell, kind.mail) for slug, kind in KINDS.items()} == DEFAULTS


def test_a_visitor_is_sent_to_sign_in(db: None) -> None:
    assert Client().get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"


def test_every_kind_stands_there_with_its_words_and_boxes(member, client_of):
    page = client_of(member).get(PAGE).content.decode()
    for slug, kind in KINDS.items():
        assert str(kind.label) in page
        assert (f'name="bell" value="{slug}"' in page) is not kind.always
        assert (f'name="mail" value="{slug}"' in page) is (kind.mail is not None and not kind.account)


def test_looking_changes_nothing_and_saving_untouched_leaves_every_default_to_the_house(member, client_of):
    browser = client_of(member)
    browser.get(PAGE)
    answer = browser.post(PAGE, form_of(member), follow=True)
    assert b"Saved." in answer.content
    assert Preference.objects.count() == 0
    assert Activity.objects.filter(verb="notifications.chosen", actor=member).count() == 1


def test_what_is_ticked_holds(member, insider, client_of):
    before = now_of(member)
    form = form_of(member)
    form["bell"].remove("reaction")
    form["mail"].remove("mention")
    form["mail"].append("post")
    client_of(member).post(PAGE, form)
    changed = {**before, "reaction": (False, False), "mention": (True, False), "post": (True, True)}
    assert now_of(member) == changed
    assert now_of(insider) == before
    assert Preference.objects.count() == 3
    page = client_of(member).get(PAGE).content.decode()
    assert 'name="mail" value="post" checked' in page
    assert 'name="mail" value="mention">' in page


def test_what_concerns_oneself_cannot_be_switched_off_on_the_bell_nor_mail_be_forced(member, client_of):
    client_of(member).post(PAGE, {"mail": ["reaction"]})
    found = now_of(member)
    assert found["act"] == (True, False)
    assert found["reaction"] == (False, False)
    assert [slug for slug, (bell, _mail) in found.items() if bell] == ["act", "money"]


def test_no_mail_at_all_keeps_what_was_ticked_for_later(member, client_of):
    browser, form = client_of(member), form_of(member)
    browser.post(PAGE, {**form, "no_mail": "on"})
    assert [slug for slug, (_bell, mail) in now_of(member).items() if mail] == ["money"]
    assert 'name="no_mail" id="id_no_mail" checked' in browser.get(PAGE).content.decode()
    assert 'name="mail" value="mention" checked' in browser.get(PAGE).content.decode()
    browser.post(PAGE, form)
    assert form_of(member) == form


def test_a_kind_that_does_not_exist_is_left_out(member, client_of):
    answer = client_of(member).post(PAGE, {**form_of(member), "bell": ["nonsense", "\x00", "mention"]}, follow=True)
    assert b"Saved." in answer.content
    assert not Preference.objects.filter(kind="nonsense").exists()


def test_a_refused_address_is_told_and_mended_by_confirming_it_anew(member, client_of):
    """G08: the letter goes though the address is suppressed; opening its link changes nothing, the button does."""
    browser = client_of(member)
    assert b"takes no mail" not in browser.get(PAGE).content
    suppress(member.email, Suppression.Reason.BOUNCED)
    assert b"takes no mail for you" in browser.get(PAGE).content
    browser.post("/me/notifications/letter/")
    letter = Mail.objects.get()
    assert (letter.to, letter.kind, letter.ref) == (member.email, "address_again", "")
    (link,) = re.findall(r"^http://localhost:8000(/n/again/\S+/)$", letter.text, re.MULTILINE)
    assert urlsplit(link).path == link
    assert Client().get(link).status_code == 200
    assert is_suppressed(member.email)
    assert b"Mail comes again" in Client(enforce_csrf_checks=True).post(link).content
    assert not is_suppressed(member.email)
    assert b"takes no mail" not in browser.get(PAGE).content


def test_a_letter_to_a_refused_address_goes_once_an_hour(member, client_of):
    suppress(member.email, Suppression.Reason.COMPLAINED)
    browser = client_of(member)
    assert b"on its way" in browser.post("/me/notifications/letter/", follow=True).content
    assert b"a moment ago" in browser.post("/me/notifications/letter/", follow=True).content
    assert Mail.objects.count() == 1


def test_a_forged_link_of_such_a_letter_is_the_page_that_does_not_exist(member):
    suppress(member.email, Suppression.Reason.BOUNCED)
    for token in ("x", "WyJhIl0.1.abc", "%00"):
        assert Client().post(f"/n/again/{token}/").status_code == 404
    assert is_suppressed(member.email)
