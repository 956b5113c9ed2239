"""G06: a mail server that no longer offers STARTTLS gets nothing, not even the name of the reader. A real server, a real socket."""

import environ
import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from communities.mail.actions import send_due
from communities.mail.models import Mail, Suppression
from config.processes import free_port

pytestmark = pytest.mark.django_db


class Post:
    """What the server was told: recipients, and whole messages."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.refuses = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.told.append(address)
        if address == self.refuses:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.told.append(envelope.content.decode("utf-8", "replace"))
        return "250 OK"


@pytest.fixture
def post(settings):
    """A server without STARTTLS, as somebody between us and the real one makes it look."""
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()

    def connect(url: str) -> Post:
        found = environ.Env.email_url_config(url.replace("HOST", f"127.0.0.1:{controller.port}"))
        for name, value in found.items():
            setattr(settings, name, value)
        return handler

    yield connect
    controller.stop()


def waiting(to: str = "ana@test.example") -> Mail:
    return Mail.objects.create(
        to=to, kind="news", subject="News", text="secret link", message_id=f"<{to}>", next_at=timezone.now()
    )


def test_without_starttls_nothing_goes_out_in_the_clear(post):
    told = post("smtp+tls://user:word@HOST").told
    row = waiting()
    assert send_due() == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.text) == ("waiting", 0, "secret link")
    assert "STARTTLS" in row.error
    assert told == []


def test_a_server_that_speaks_no_tls_at_all_gets_nothing_either(post):
    told = post("smtp+ssl://HOST").told
    waiting()
    assert send_due() == 0
    assert (Mail.objects.get().state, told) == ("waiting", [])


def test_a_server_that_needs_no_tls_gets_one_message_and_its_refusal_is_remembered(post):
    handler = post("smtp://HOST")
    handler.refuses = "gone@test.example"
    waiting()
    waiting("gone@test.example")
    assert send_due() == 1
    assert [one for one in handler.told if "@" in one and "\n" not in one] == ["ana@test.example", "gone@test.example"]
    assert list(Suppression.objects.values_list("email", flat=True)) == ["gone@test.example"]
