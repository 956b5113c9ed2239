"""The pictures of the demo, drawn by their names: `tide-12-navy-coral-sun-wide` is the composition, its seed, its inks and its shape."""

import io
from collections.abc import Callable

from PIL import Image

from config.demo.press import INKS, SHAPES, Sheet
from config.demo.prints_land import LAND
from config.demo.prints_press import PRESS
from config.demo.prints_room import ROOM
from config.demo.prints_water import WATER

PRINTS: dict[str, Callable[[Sheet], None]] = {**WATER, **LAND, **PRESS, **ROOM}
HEAVY = 256_000  # bytes: a picture above it is packed again, tighter


def parse(name: str) -> tuple[str, int, list[str], str]:
    """The composition, seed, inks and shape of a picture's name; ValueError says which part is unknown."""
    kind, *parts = name.split("-")
    if kind not in PRINTS:
        raise ValueError(f"{name}: no composition called {kind}")
    seed = int(parts.pop(0))
    shape = parts.pop() if parts[-1] in SHAPES else "wide"
    strange = [ink for ink in parts if ink not in INKS]
    if strange or len(parts) < 2:
        raise ValueError(f"{name}: unknown or too few inks {strange}")
    return kind, seed, parts, shape


def picture(name: str) -> Image.Image:
    kind, seed, inks, shape = parse(name)
    sheet = Sheet(shape, seed, inks)
    PRINTS[kind](sheet)
    return sheet.trimmed()


def packed(image: Image.Image) -> bytes:
    """As JPEG, which is made in a tenth of the time of WebP; dots forgive its losses, and the worker makes WebP sizes."""
    for quality in (74, 66, 58, 50, 44):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= HEAVY:
            break
    return out.getvalue()


def draw(name: str) -> tuple[str, bytes, int, int]:
    """Name, bytes, width and height: what a pool of processes hands back."""
    image = picture(name)
    return name, packed(image), image.width, image.height


def logo(community: str) -> bytes:
    """A mark of 512 px, drawn on one plate: seven dots that grow for Halftone, a bowl on a book for Atelier."""
    sheet = Sheet("square", 1, ["red", "navy"] if community == "demo" else ["clay", "teal"])
    sheet.image = Image.new("RGB", sheet.size, (250, 246, 236))
    pen = sheet.pen()
    if community == "demo":
        for row in range(5):
            for column in range(5):
                distance = abs(row - 2) + abs(column - 2)
                if distance < 4:
                    pen.disc(140 + column * 180, 140 + row * 180, (100, 78, 58, 34)[distance])
        sheet.print(0, pen.plate(), 1, 0)
        sheet.print(1, sheet.pen().disc(500, 500, 100).plate(), 1, 4)
    else:
        pen.pie(500, 400, 330, 0, 180).box(390, 700, 220, 70)
        sheet.print(0, pen.plate(), 1, 0)
        book = sheet.pen().box(170, 790, 660, 90, round_by=12).line([(300, 790), (300, 880)], 14, 0)
        sheet.print(1, book.line([(210, 835), (800, 835)], 8, 0).plate(), 1, 3)
    out = io.BytesIO()
    sheet.image.resize((512, 512), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
