"""The way out of a mail: one POST without a cookie, nothing by GET, and a link that is good for nothing else (G07, RFC 8058)."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.test import Client

from communities.notifications.kinds import KINDS
from communities.notifications.models import Preference
from communities.notifications.stopping import token_for, token_for_address
from communities.notifications.wishes import wishes_of

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def link(user, kind: str = "mention") -> str:
    return f"/n/{token_for(user.pk, kind)}/"


def bare() -> Client:
    """A browser as mail programs have one: no cookies, and the check for forged requests is on."""
    return Client(enforce_csrf_checks=True)


def mailed(user) -> set[str]:
    return {slug for slug, kind in KINDS.items() if wishes_of([user.pk], kind)[user.pk].mail}


def test_one_click_stops_that_kind_and_no_other(member, insider):
    before = mailed(member)
    assert "mention" in before
    answer = bare().post(link(member), ONE_CLICK)
    assert answer.status_code == 200
    assert not answer.cookies
    assert mailed(member) == before - {"mention"}
    assert mailed(insider) == before
    assert wishes_of([member.pk], KINDS["mention"])[member.pk].bell


def test_it_works_again_and_again(member):
    for _time in range(3):
        assert bare().post(link(member), ONE_CLICK).status_code == 200
    assert Preference.objects.count() == 1


def test_a_scanner_that_opens_the_link_changes_nothing(member):
    for _visit in range(2):
        page = bare().get(link(member))
        assert page.status_code == 200
        assert page.content.count(b"<form") == 1
        assert b"Somebody calls you by name" in page.content
        assert bare().head(link(member)).status_code == 200
        assert not page.cookies
    assert bare().put(link(member)).status_code == 405
    assert Preference.objects.count() == 0


def test_the_buttons_stop_the_kind_or_everything(member):
    assert b"no more mail of this kind" in bare().post(link(member), {"what": "kind"}).content
    assert "answer" in mailed(member)
    assert b"no more mail from us" in bare().post(link(member), {"what": "all"}).content
    assert mailed(member) == {"money"}  # that is about one's account


def test_the_page_is_the_same_for_everybody_who_has_the_link(member, insider, owner, client_of):
    pages = {client_of(who).get(link(member)).content for who in (AnonymousUser(), member, insider, owner)}
    assert len(pages) == 1
    (page,) = pages
    assert member.email.encode() not in page and b"Member" not in page


def test_it_opens_nothing_else(member):
    browser = Client()
    browser.post(link(member), ONE_CLICK)
    assert "_auth_user_id" not in browser.session
    assert browser.get("/me/").status_code == 302
    token = token_for(member.pk, "mention")
    for address in (
        f"/n/again/{token}/",
        f"/accounts/confirm-email/{token}/",
        f"/accounts/password/reset/key/1-{token}/",
    ):
        page = browser.get(address)
        assert page.status_code in (200, 404) and b"password1" not in page.content
        assert b"Does this address work again" not in page.content
    assert browser.get(f"/n/again/{token}/").status_code == 404
    assert browser.get(f"/n/{token_for_address(member.email)}/").status_code == 404


def crooked(member, insider) -> list[str]:
    token = token_for(member.pk, "mention")
    payload, _dot, signature = token.partition(".")
    other = token_for(insider.pk, "answer").partition(".")[0]
    return [
        f"{other}.{signature}",
        f"{payload}.{signature[:-1]}",
        f"{payload}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{payload}.",
        payload,
        f".{signature}",
        f"{token}.{signature}",
        "x",
        "%00",
        "é",
        token_for(987654321, "mention"),
        token_for(member.pk, "mention").upper(),
        signing.Signer(sep=".", salt="another").sign_object([member.pk, "mention"]),
        signing.Signer(sep=".", salt="notifications.stop").sign_object({"u": member.pk}),
        signing.Signer(sep=".", salt="notifications.stop").sign_object([str(member.pk), "mention"]),
        signing.Signer(sep=".", salt="notifications.stop").sign("plain"),
    ]


def test_a_forged_edited_or_unknown_link_is_the_page_that_does_not_exist(member, insider):
    nowhere = bare().get("/n/")
    for token in crooked(member, insider):
        for ask in (bare().get, bare().post):
            answer = ask(f"/n/{token}/")
            assert (answer.status_code, answer.content) == (404, nowhere.content), token
    assert Preference.objects.count() == 0


def test_a_kind_that_a_newer_release_dropped_can_still_be_stopped(member):
    assert bare().get(link(member, "gone")).status_code == 200
    assert b"no more mail of this kind" in bare().post(link(member, "gone"), ONE_CLICK).content


def test_the_link_stays_on_the_page(member):
    assert bare().get(link(member))["Referrer-Policy"] == "no-referrer"
    assert bare().get(link(member))["Cache-Control"] == "private, no-store"
