"""Pictures in texts: only files of this house are shown, with their sizes; a picture elsewhere becomes a link."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

OWN = re.compile(r"/f/([A-Za-z0-9_-]{8,64})/[^\s/\\?#\"'<>]{1,255}")
_SIZED = rf"{OWN.pattern} \d{{1,5}}w"
SRCSET = re.compile(rf"{_SIZED}(?:, {_SIZED})*+")
LARGE = 400  # pixels: a picture as wide as this leads to itself in full, where it has words for whoever does not see it
SIZES = "(min-width: 46rem) 42rem, 100vw"  # the text column is 68 characters wide


@dataclass(frozen=True, slots=True)
class Picture:
    """What the page needs to know of a file of ours: pixels, the text in its place, the widths that are there."""

    width: int = 0
    height: int = 0
    alt: str = ""
    sizes: tuple[int, ...] = ()


Lookup = Mapping[str, Picture] | Callable[[str], Picture | None]


def look_up(images: Lookup | None, src: str) -> Picture | None:
    """The picture of an address, or None where it is not ours or not to be shown here."""
    match = OWN.fullmatch(src)
    if match is None:
        return None
    if images is None:
        return Picture()
    return images(match[1]) if callable(images) else images.get(match[1])


def image_tag(picture: Picture, *, src: str, alt: str) -> str:
    """One <img>, sized before it loads so that nothing on the page moves."""
    match = OWN.fullmatch(src)
    assert match is not None
    parts = [f'<img src="{escape(src)}"']
    if picture.sizes:
        sizes = [f"/f/{match[1]}/{width}.webp {width}w" for width in sorted(picture.sizes)]
        whole = [f"{escape(src)} {picture.width}w"] if picture.width else []
        parts.append(f'srcset="{", ".join([*sizes, *whole])}" sizes="{SIZES}"')
    if picture.width and picture.height:
        parts.append(f'width="{picture.width}" height="{picture.height}"')
    parts.append(f'loading="lazy" decoding="async" alt="{escape(alt or picture.alt)}">')
    return " ".join(parts)


def figure(image: str, caption: str) -> str:
    """A picture that stands alone; `image` may sit in a link, `caption` is plain text."""
    below = f'<figcaption dir="auto">{escape(caption)}</figcaption>' if caption else ""
    return f"<figure>{image}{below}</figure>"


def words_for(src: str, alt: str) -> str:
    """What stands where a picture is not shown: its own text, else where it is."""
    if alt.strip():
        return alt
    host = urlsplit(src).hostname if src.startswith(("http://", "https://", "//")) else ""
    return _("Picture on %(host)s") % {"host": host} if host else _("Picture")
