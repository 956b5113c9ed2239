"""E09: what somebody calls a file harms nobody."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communities.files.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("sent", "extension", "kept"),
    [
        ("press.jpg", ".jpg", "press.jpg"),
        ("press.HEIC", ".jpg", "press.jpg"),
        ("../../etc/passwd", "", "passwd"),
        ("..\\..\\windows\\system.ini", "", "system.ini"),
        ("/abs/olute.pdf", "", "olute.pdf"),
        ("evil.php.png", ".png", "evil.php.png"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "", "abSet-Cookie_-x.pdf"),
        ("photo\u202egnp.exe", ".png", "photognp.png"),
        ("CON", "", "_CON"),
        ("con.txt", "", "_con.txt"),
        ("lpt1.pdf", "", "_lpt1.pdf"),
        ("Süße Grüße 🖨️.pdf", "", unicodedata.normalize("NFC", "Süße-Grüße-🖨️.pdf")),
        ("..", "", "file"),
        ("", ".jpg", "file.jpg"),
        (".htaccess", "", "htaccess"),
        ("800.webp", ".webp", "picture-800.webp"),
        ('say "hi"; rm -rf.pdf', "", "say-_hi__-rm--rf.pdf"),
        ("name. . .", "", "name"),
        ("press (2).jpg", ".jpg", "press-2.jpg"),
        ("Ana's press.jpg", ".jpg", "Ana’s-press.jpg"),
    ],
)
def test_a_name_is_made_harmless(sent: str, extension: str, kept: str) -> None:
    assert clean_name(sent, extension) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("a" * 300 + ".pdf")
    assert name == "a" * 96 + ".pdf"


@given(st.text(max_size=400), st.sampled_from(["", ".jpg", ".webp"]))
def test_no_text_makes_a_dangerous_name(sent: str, extension: str) -> None:
    name = clean_name(sent, extension)
    assert 0 < len(name) <= LONGEST + len("picture-")
    assert not set(name) & set("/\\\0\r\n\"'<>()? ")
    assert name not in {".", ".."} and not name.startswith(".")
    assert all(unicodedata.category(sign) not in {"Cc", "Cf", "Cs"} for sign in name)
