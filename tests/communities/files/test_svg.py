"""Drawings: measured, checked for being what they say, never touched."""

import pytest

from communities.files.refusal import UploadRefused
from communities.files.svg import looks_like_svg, measure_svg

NS = 'xmlns="http://www.w3.org/2000/svg"'


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 640 480"', (640, 480)),
        ('viewBox="0,0,640.5,480"', (640, 480)),
        ('width="320" height="240px" viewBox="0 0 64 48"', (320, 240)),
        ('width="100%" height="100%" viewBox="0 0 64 48"', (64, 48)),
        ("", (300, 150)),
        ('viewBox="nonsense"', (300, 150)),
        ('viewBox="0 0 nan inf"', (1, 16_000)),
        ('viewBox="0 0 -5 1e99"', (1, 16_000)),
    ],
)
def test_the_size_comes_from_the_drawing(attributes: str, size: tuple[int, int]) -> None:
    assert measure_svg(f"<svg {NS} {attributes}></svg>".encode()) == size


@pytest.mark.parametrize(
    "text",
    [
        f'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://w3.example/svg.dtd"><svg {NS}/>',
        f"\ufeff<svg {NS}><script>alert(1)</script></svg>",
        f"<!-- drawn by hand -->\n<svg {NS}/>",
    ],
)
def test_what_drawing_programs_write_is_taken(text: str) -> None:
    """A script inside is harmless: the drawing is only ever looked at."""
    assert looks_like_svg(text.encode()[:4096])
    assert measure_svg(text.encode()) == (300, 150)


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg {NS}>&b;</svg>',
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg {NS}>&x;</svg>',
        f'<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://evil.example/x">%x;]><svg {NS}/>',
        f"<svg {NS}><g></svg>",
        f"<svg {NS}/><svg {NS}/>",
        "<svg></svg>",
        '<html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>',
        f"<svg {NS}>" + "<g>" * 300 + "</g>" * 300 + "</svg>",
        f"<svg {NS}>&nbsp;</svg>",
    ],
    ids=["entities", "file", "parameter", "broken", "two", "no namespace", "html", "deep", "unknown entity"],
)
def test_what_is_no_plain_drawing_is_refused(text: str) -> None:
    with pytest.raises(UploadRefused):
        measure_svg(text.encode())


def test_a_huge_drawing_is_refused() -> None:
    with pytest.raises(UploadRefused) as refused:
        measure_svg(f"<svg {NS}>".encode() + b" " * 3_200_000 + b"</svg>")
    assert refused.value.status == 413
