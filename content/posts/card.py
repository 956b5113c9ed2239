"""The picture that a link preview shows of a post: its title, who wrote it and where, on paper with a dot screen in the
community's hue. Nothing here knows of audiences: it draws what it is given."""

from __future__ import annotations

import hashlib
import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cache, lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont, features

from communities.ui.look import Colour, linear_rgb, shown

DRAWN = 1  # grows when the drawing changes, so that every address does
WIDTH, HEIGHT = 1200, 630
MARGIN = 72
COLUMN = 730  # of the words; beyond it the dots begin
TITLE_TOP, TITLE_BOTTOM = 138, 484
SIZES = (104, 92, 84, 76, 68, 60, 54, 48, 42, 37)
CELL = 17  # the screen's ruling
SHARP = 2  # dots are set on a sheet this much larger
FACES = {
    "serif": ("NotoSerif-Bold.ttf", "DejaVuSerif-Bold.ttf", "LiberationSerif-Bold.ttf", "Georgia Bold.ttf"),
    "sans": ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf"),
    "slab": ("RobotoSlab-Bold.ttf", "DejaVuSerifCondensed-Bold.ttf", "DejaVuSerif-Bold.ttf", "Rockwell.ttc"),
    "plain": ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf"),
}
# Where the community's own face lacks a script: whatever this machine has that knows it.
OTHERS = (
    "DejaVuSans-Bold.ttf",
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansDevanagari-Bold.ttf",
    "NotoSansThai-Bold.ttf",
    "FreeSansBold.ttf",
    "wqy-zenhei.ttc",
    "Arial Unicode.ttf",
)
Face = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a picture, and with `seed` how its dots fall. font: serif, sans or slab, as communities have it."""

    title: str
    author: str
    place: str
    kind: str
    hue: int
    font: str
    seed: int

    @property
    def version(self) -> str:
        """The same for the same picture, another one for any other."""
        return hashlib.blake2b(repr((DRAWN, astuple(self))).encode(), digest_size=8).hexdigest()


def draw(card: Card) -> bytes:
    """A PNG of 1200 by 630."""
    paper, ink, accent, sun = _inks(card.hue)
    sheet = Image.new("RGB", (WIDTH, HEIGHT), paper)
    _print_disc(sheet, card.seed, sun)
    sheet.paste(Image.new("RGB", sheet.size, accent), mask=_screen(card.seed))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, 17, HEIGHT), fill=accent)
    _line(pen, card.kind, MARGIN, 84, size=30, face="plain", fill=accent, width=COLUMN)
    _title(pen, card, ink)
    start = MARGIN if _leads_right(card.place) else MARGIN + 64
    _mark(pen, MARGIN + COLUMN - 48 if start == MARGIN else MARGIN, 545, accent, paper)
    _line(pen, card.place, start, 528, size=32, face=card.font, fill=ink, width=COLUMN - 64)
    _line(pen, card.author, start, 571, size=27, face="plain", fill=ink, width=COLUMN - 64)
    out = io.BytesIO()
    sheet.quantize(96, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG", compress_level=5)
    return out.getvalue()


# --- inks --------------------------------------------------------------------------------------------------------------


def _rgb(colour: Colour) -> tuple[int, int, int]:
    """What a screen without oklch() shows of a colour."""

    def part(linear: float) -> int:
        linear = min(1.0, max(0.0, linear))
        return round(255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055))

    red, green, blue = linear_rgb(colour)
    return part(red), part(green), part(blue)


@lru_cache(maxsize=64)
def _inks(hue: int) -> tuple[tuple[int, int, int], ...]:
    """Paper, ink, the accent, and the second ink a third of the way to its neighbour."""
    wanted = ((0.972, 0.016, hue), (0.24, 0.03, hue), (0.52, 0.16, hue), (0.84, 0.125, (hue + 45) % 360))
    return tuple(_rgb(shown(*values)) for values in wanted)


# --- the screen of dots --------------------------------------------------------------------------------------------------


def _screen(seed: int) -> Image.Image:
    """Ripples around a point on the right, as dots that are the smaller the nearer they come to the words."""
    side = SHARP
    plate = Image.new("L", (WIDTH * side, HEIGHT * side))
    pen = ImageDraw.Draw(plate)
    middle = (1030 + seed * 37 % 130, 120 + seed * 61 % 380)
    length = 150 + seed * 29 % 110
    for x, y in _lattice(math.radians(18 + seed * 7 % 30)):
        away = math.hypot(x - middle[0], y - middle[1])
        wave = 0.5 + 0.5 * math.cos(away / length * math.tau)
        # Nothing where words may stand, everything at the far edge.
        reach = min(1.0, max(0.0, (x - 800 + (y - 315) * 0.12) / 300))
        radius = CELL * 0.66 * math.sqrt(max(0.0, (0.14 + 0.86 * wave) * reach**1.3)) * side
        if radius > side * 0.9:
            pen.ellipse((x * side - radius, y * side - radius, x * side + radius, y * side + radius), fill=255)
    return plate.reduce(side)


def _lattice(angle: float) -> Iterator[tuple[float, float]]:
    """The points of a turned square grid on the right part of the sheet."""
    cosine, sine = math.cos(angle), math.sin(angle)
    reach = int(math.hypot(WIDTH, HEIGHT) / CELL)
    for row in range(-reach, reach):
        for column in range(-reach, reach):
            x = 960 + CELL * (column * cosine - row * sine)
            y = 315 + CELL * (column * sine + row * cosine)
            if 740 < x < WIDTH + CELL and -CELL < y < HEIGHT + CELL:
                yield x, y


def _print_disc(sheet: Image.Image, seed: int, ink: tuple[int, int, int]) -> None:
    """The second ink, under the dots as on a two-colour print."""
    radius = 105 + seed * 17 % 60
    x, y = 1010 + seed * 53 % 110, 190 + seed * 43 % 260
    side = 4 * radius
    disc = Image.new("L", (side, side))
    ImageDraw.Draw(disc).ellipse((0, 0, side - 1, side - 1), fill=255)
    disc = disc.reduce(2)
    place = (x - radius, y - radius)
    under = sheet.crop((*place, x + radius, y + radius))
    sheet.paste(ImageChops.multiply(under, Image.new("RGB", under.size, ink)), place, mask=disc)


def _mark(pen: ImageDraw.ImageDraw, x: int, y: int, accent: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    """The house's mark: dots of five sizes in a disc."""
    pen.ellipse((x, y - 12, x + 48, y + 36), fill=accent)
    for left, top, radius in ((16, 3, 7), (31, 3, 5), (13, 19, 4), (28, 18, 7), (22, 31, 3)):
        pen.ellipse((x + left - radius, y + top - radius, x + left + radius, y + top + radius), fill=paper)


# --- type ------------------------------------------------------------------------------------------------------------------


@cache
def _face(name: str) -> Face | None:
    try:
        return ImageFont.truetype(name, 40)
    except OSError:
        return None


@cache
def _faces(style: str) -> tuple[Face, ...]:
    """Every face of this machine that may stand in for a style, the best first; the one inside Pillow is always there."""
    found = [face for name in (*FACES.get(style, FACES["serif"]), *OTHERS) if (face := _face(name)) is not None]
    inside = ImageFont.load_default(40)
    return (*found, inside) if isinstance(inside, Face) else tuple(found)


@lru_cache(maxsize=4096)
def _knows(face: Face, letter: str) -> bool:
    """Has the face a shape for it, other than the box for what it lacks?"""
    if letter.isspace() or unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return True
    missing, mask = face.getmask("\U0010fffe"), face.getmask(letter)
    return mask.size != missing.size or bytes(mask) != bytes(missing)


def _setting(text: str, style: str) -> tuple[str, Face] | None:
    """The face that knows most of a text, and the text without what it cannot show; None where nothing is left or no face."""
    text = " ".join("".join(" " if unicodedata.category(it) in {"Cc", "Cs", "Cn", "Co"} else it for it in text).split())
    letters = set(text)
    best = max(_faces(style), key=lambda face: sum(_knows(face, it) for it in letters), default=None)
    if best is None:
        return None
    kept = " ".join("".join(it for it in text if _knows(best, it)).split())
    return (kept, best) if kept else None


def _leads_right(text: str) -> bool:
    """Is this written from right to left? The first letter with a direction says."""
    ways = (unicodedata.bidirectional(letter) for letter in text)
    return next((way in {"R", "AL"} for way in ways if way in {"L", "R", "AL"}), False)


def _write(
    pen: ImageDraw.ImageDraw,
    text: str,
    x: int,
    y: int,
    face: Face,
    fill: tuple[int, int, int],
    width: int,
    turned: bool,
) -> None:
    """turned: from the right edge, as scripts that run from right to left stand."""
    if turned:
        direction = "rtl" if features.check("raqm") else None
        pen.text((x + width, y), text, font=face, fill=fill, anchor="rs", direction=direction)
    else:
        pen.text((x, y), text, font=face, fill=fill, anchor="ls")


def _line(
    pen: ImageDraw.ImageDraw, text: str, x: int, y: int, *, size: int, face: str, fill: tuple[int, int, int], width: int
) -> None:
    """One line, cut with an ellipsis where it is too long."""
    setting = _setting(text, face)
    if setting is None:
        return
    text, found = setting
    font = found.font_variant(size=size)
    whole = text
    while text and font.getlength(text if text == whole else text + "…") > width:
        text = text[:-1].rstrip()
    shown_text = text if text == whole else text + "…"
    _write(pen, shown_text, x, y + size // 3, font, fill, width, turned=_leads_right(whole))


def _title(pen: ImageDraw.ImageDraw, card: Card, ink: tuple[int, int, int]) -> None:
    """As large as it goes, in lines of even length."""
    setting = _setting(card.title, card.font)
    if setting is None:
        return
    text, face = setting
    room = TITLE_BOTTOM - TITLE_TOP
    for size in SIZES:
        font = face.font_variant(size=size)
        leading = round(size * 1.17)
        lines = wrap(text, font, COLUMN)
        if len(lines) * leading <= room and (size <= 54 or len(lines) <= 4):
            break
    most = room // leading
    lines = _even(text, font, lines) if len(lines) <= most else [*lines[: most - 1], _cut(lines[most - 1], font)]
    # A short title stands a little above the middle, a long one fills its room.
    top = TITLE_TOP + max(0, (room - len(lines) * leading) * 2 // 5)
    for number, line in enumerate(lines):
        y = top + number * leading + round(size * 0.92)
        _write(pen, line, MARGIN, y, font, ink, COLUMN, turned=_leads_right(text))


def wrap(text: str, font: Face, width: float) -> list[str]:
    """Lines no wider than `width`: broken at spaces, and inside a word where it is wider than a line or needs no spaces."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for number, piece in enumerate(_pieces(word, font, width)):
            joined = f"{line} {piece}" if line and not number else line + piece
            if line and font.getlength(joined) > width:
                lines.append(line)
                joined = piece
            line = joined
    return [*lines, line] if line else lines


def _pieces(word: str, font: Face, width: float) -> Sequence[str]:
    unspaced = any(unicodedata.east_asian_width(letter) in "WF" for letter in word)
    return word if unspaced or font.getlength(word) > width else [word]


def _even(text: str, font: Face, lines: list[str]) -> list[str]:
    """The same number of lines, as narrow as they go, so that no word stands alone at the end."""
    low, high = max(font.getlength(text) / len(lines) * 0.9, 1.0), float(COLUMN)
    while high - low > 8:
        middle = (low + high) / 2
        if len(wrap(text, font, middle)) > len(lines):
            low = middle
        else:
            high = middle
    return wrap(text, font, high)


def _cut(line: str, font: Face) -> str:
    while line and font.getlength(line + "…") > COLUMN:
        line = line[:-1].rstrip()
    return line + "…"
