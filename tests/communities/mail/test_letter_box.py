"""/demo/mail/: there in the demo, nowhere else."""

from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from communities.mail.sink import SinkBackend, sink_folder

pytestmark = pytest.mark.django_db


def send(subject: str, html: str = "") -> str:
    message = EmailMultiAlternatives(
        subject, f"Text of {subject}\nhttp://localhost:8000/x/", None, ["ana@test.example"]
    )
    if html:
        message.attach_alternative(html, "text/html")
    before = set(sink_folder().glob("*.eml"))
    SinkBackend().send_messages([message])
    (new,) = set(sink_folder().glob("*.eml")) - before
    return new.stem


def test_each_mail_is_one_whole_file_in_the_order_of_time() -> None:
    numbers = [send(f"letter {number}") for number in range(5)]
    assert numbers == sorted(numbers)
    assert all(len(number) == 20 and number.isdecimal() for number in numbers)
    assert sorted(path.name for path in sink_folder().iterdir()) == [f"{number}.eml" for number in numbers]


def test_outside_of_the_demo_there_is_no_letter_box(settings: Any) -> None:
    number = send("letter", "<p>x</p>")
    missing = Client().get("/nowhere/")
    for demo, status in ((False, 404), (True, 200)):
        settings.DEMO = demo
        for address in ("/demo/mail/", f"/demo/mail/{number}/", f"/demo/mail/{number}/html/"):
            response = Client().get(address)
            assert response.status_code == status
            assert demo or response.content == missing.content


def test_the_list_shows_the_newest_first_and_escapes_what_it_shows(settings: Any) -> None:
    settings.DEMO = True
    send("the older one")
    send("second <script>alert(1)</script>")
    page = Client().get("/demo/mail/").content.decode()
    assert page.index("second &lt;script&gt;") < page.index("the older one")
    assert "<script>alert" not in page


def test_an_empty_box_says_what_will_come(settings: Any) -> None:
    settings.DEMO = True
    assert "No mail yet" in Client().get("/demo/mail/").content.decode()


def test_the_text_is_shown_and_the_html_stays_in_a_sandbox(settings: Any) -> None:
    settings.DEMO = True
    number = send("letter", "<p>Rich</p><script>alert(1)</script>")
    page = Client().get(f"/demo/mail/{number}/").content.decode()
    assert "Text of letter" in page
    assert f'src="/demo/mail/{number}/html/" sandbox="allow-popups' in page
    assert "alert(1)" not in page
    frame = Client().get(f"/demo/mail/{number}/html/")
    assert frame.content.strip() == b"<p>Rich</p><script>alert(1)</script>"
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ") and "script" not in policy and "allow-scripts" not in policy
    assert "sandbox" in policy and "frame-ancestors 'self'" in policy


def test_a_letter_without_html_has_no_frame(settings: Any) -> None:
    settings.DEMO = True
    number = send("letter")
    assert "<iframe" not in Client().get(f"/demo/mail/{number}/").content.decode()
    assert Client().get(f"/demo/mail/{number}/html/").status_code == 404


@pytest.mark.parametrize("number", ["1", "20261123090000000000", "99999999999999999999"])
def test_a_letter_that_is_not_there_is_the_404(settings: Any, number: str) -> None:
    settings.DEMO = True
    assert Client().get(f"/demo/mail/{number}/").status_code == 404
