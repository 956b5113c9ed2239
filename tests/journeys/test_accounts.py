"""Ways in, in a real browser, beside the first long journey: a passkey, a code by mail without JavaScript, a provider."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from communities.mail.actions import send_due
from communities.people.models import Arrival, User
from tests.oidc import Provider, serve, settings_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS, PASSWORD = "nora@test.example", "a long walk to the press"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def demo_mail(settings: Any) -> None:
    settings.DEMO = True
    settings.EMAIL_BACKEND = "communities.mail.sink.SinkBackend"


def signed_in(page: Any) -> bool:
    return bool(page.goto("/me/").url.endswith("/me/"))


def open_the_letter(page: Any) -> None:
    """In the demo's letter box; its link says localhost:8000, the server of the test stands elsewhere."""
    send_due()
    page.goto("/demo/mail/")
    page.get_by_role("link", name=re.compile("Confirm your address")).first.click()
    link = re.search(r"(/accounts/confirm-email/\S+)", page.locator("main").inner_text())
    assert link is not None
    page.goto(link.group(1))
    page.get_by_role("button", name="Yes, that is mine").click()


def test_from_the_first_page_to_a_passkey(demo: Any, publish: Any, browse: Any, demo_mail: None) -> None:
    post = publish("Eleven blues")
    page = browse()
    assert page.context.cookies() == []
    page.goto(f"{post.url}?utm_source=letter&utm_campaign=spring")
    assert page.context.cookies() == []
    page.goto("/c/demo/")
    page.goto("/accounts/signup/?next=/c/demo/")
    page.fill("[name=email]", ADDRESS)
    page.fill("[name=password1]", PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.get_by_role("heading", name="One letter away").wait_for()
    row = Arrival.objects.get()
    assert (row.landing, row.source, row.campaign) == (post.url, "letter", "spring")
    assert row.landed_at is not None
    open_the_letter(page)
    page.fill("[name=login]", ADDRESS)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/c/demo/")

    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert page.locator(".codes li").count() == 10
    assert Authenticator.objects.filter(type="webauthn").count() == 1

    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/me/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
    assert signed_in(page)

    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.fill("[name=login]", ADDRESS)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("heading", name="One more step").wait_for()
    assert not signed_in(page)
    page.goto("/accounts/2fa/authenticate/")
    page.get_by_role("button", name="Use a passkey or a security key").click()
    page.wait_for_url(lambda address: "/2fa/" not in address)
    assert signed_in(page)


def test_a_passkey_that_is_refused_says_so_and_the_page_goes_on(demo: Any, browse: Any) -> None:
    page = browse()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"automaticPresenceSimulation": True}})
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("alert").get_by_text("No passkey was used.").wait_for()


def test_a_code_by_mail(demo: Any, browse: Any, demo_mail: None, member: User) -> None:
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    page = browse(java_script_enabled=False)
    page.goto("/accounts/login/?next=/c/demo/")
    assert page.get_by_role("button", name="Sign in with a passkey").count() == 0
    page.get_by_role("link", name="Send me a code instead").click()
    page.fill("[name=email]", member.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("heading", name="Type your code").wait_for()
    send_due()
    other = browse()
    other.goto("/demo/mail/")
    line = other.get_by_role("link", name=re.compile("is your code for")).first.inner_text()
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", line)
    assert found is not None
    page.fill("[name=code]", found.group())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/c/demo/")
    assert signed_in(page)
    page.goto("/accounts/sessions/")
    assert page.get_by_text("this browser").count() == 1


@pytest.fixture
def guild(settings: Any) -> Iterator[Provider]:
    provider = Provider(
        person={"sub": "mira", "email": "mira@guild.example", "email_verified": True, "name": "Mira Lind"}
    )
    server = serve(provider)
    for name, value in settings_for(provider).items():
        setattr(settings, name, value)
    yield provider
    server.shutdown()
    server.server_close()


def test_through_a_provider_on_another_site(demo: Any, browse: Any, guild: Provider) -> None:
    """The browser itself holds the policy that says where a form may lead."""
    page, said = browse(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/c/demo/")
    page.goto("/accounts/signup/?next=/c/demo/")
    page.get_by_role("button", name="Go on with The Guild").click()
    page.wait_for_url("**/c/demo/")
    assert signed_in(page)
    assert (User.objects.get(email="mira@guild.example").name, said) == ("Mira Lind", [])
    assert Arrival.objects.get().landing == "/c/demo/"
