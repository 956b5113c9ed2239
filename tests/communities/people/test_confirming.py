"""From the letter back to where one came from: the link carries the page, sign-in goes there, and never off the site."""

import re

import pytest

from communities.mail.models import Mail

pytestmark = pytest.mark.django_db


def test_the_letter_leads_back_to_the_page_where_somebody_signed_up(client_of, visitor):
    browser = client_of(visitor)
    form = {"email": "nora@test.example", "password1": "a-long-enough-word", "next": "/c/demo/?kind=offer"}
    browser.post("/accounts/signup/", form)
    link = re.search(r"(/accounts/confirm-email/\S+)", Mail.objects.get().text)
    assert link is not None
    assert link.group(1).endswith("/?back=%2Fc%2Fdemo%2F%3Fkind%3Doffer")
    assert f'action="{link.group(1)}"' in browser.get(link.group(1)).content.decode()
    answer = browser.post(link.group(1))
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=%2Fc%2Fdemo%2F%3Fkind%3Doffer")


@pytest.mark.parametrize(
    "hostile", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_letter_leads_to_no_other_site(client_of, visitor, hostile):
    browser = client_of(visitor)
    browser.post(
        "/accounts/signup/", {"email": "nora@test.example", "password1": "a-long-enough-word", "next": hostile}
    )
    link = re.search(r"(/accounts/confirm-email/\S+)", Mail.objects.get().text)
    assert link is not None
    assert "evil" not in link.group(1)
    answer = browser.post(f"{link.group(1)}?back={hostile}")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")


def test_signing_out_leaves_no_session_behind(client_of, demo, member):
    browser = client_of(member)
    assert browser.post("/accounts/logout/").status_code == 302
    assert browser.cookies["sessionid"].value == ""
