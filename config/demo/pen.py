"""The pen: crisp shapes for one plate, drawn at twice its size, and the curves that they are made of."""

import math
from collections.abc import Iterable
from functools import cache

from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float]


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


class Pen:
    """Coordinates are those of its sheet, 0 to 1000 along the short side; `plate()` gives the finished plate."""

    def __init__(self, size: tuple[int, int], unit: float) -> None:
        self.unit = unit * 2
        self.image = Image.new("L", (size[0] * 2, size[1] * 2))
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self.unit, y * self.unit) for x, y in points]

    def shape(self, points: Iterable[Point], fill: int = 255) -> "Pen":
        self.draw.polygon(self._at(points), fill=fill)
        return self

    def box(self, x: float, y: float, w: float, h: float, fill: int = 255, round_by: float = 0) -> "Pen":
        corners = self._at([(x, y), (x + w, y + h)])
        if round_by:
            self.draw.rounded_rectangle([*corners[0], *corners[1]], round_by * self.unit, fill=fill)
        else:
            self.draw.rectangle([*corners[0], *corners[1]], fill=fill)
        return self

    def disc(self, x: float, y: float, r: float, fill: int = 255, flat: float = 1.0) -> "Pen":
        a, b = self._at([(x - r, y - r * flat), (x + r, y + r * flat)])
        self.draw.ellipse([*a, *b], fill=fill)
        return self

    def ring(self, x: float, y: float, r: float, width: float, fill: int = 255) -> "Pen":
        a, b = self._at([(x - r, y - r), (x + r, y + r)])
        self.draw.ellipse([*a, *b], outline=fill, width=max(1, round(width * self.unit)))
        return self

    def arc(self, x: float, y: float, r: float, start: float, end: float, width: float, fill: int = 255) -> "Pen":
        a, b = self._at([(x - r, y - r), (x + r, y + r)])
        self.draw.arc([*a, *b], start, end, fill=fill, width=max(1, round(width * self.unit)))
        return self

    def pie(self, x: float, y: float, r: float, start: float, end: float, fill: int = 255) -> "Pen":
        a, b = self._at([(x - r, y - r), (x + r, y + r)])
        self.draw.pieslice([*a, *b], start, end, fill=fill)
        return self

    def line(self, points: Iterable[Point], width: float, fill: int = 255) -> "Pen":
        self.draw.line(self._at(points), fill=fill, width=max(1, round(width * self.unit)), joint="curve")
        return self

    def text(self, x: float, y: float, words: str, size: float, fill: int = 255, anchor: str = "mm") -> "Pen":
        self.draw.text((x * self.unit, y * self.unit), words, fill, font(round(size * self.unit)), anchor=anchor)
        return self

    def plate(self) -> Image.Image:
        return self.image.reduce(2)


def curve(a: Point, b: Point, c: Point, d: Point, steps: int = 24) -> list[Point]:
    """Points along a Bézier curve."""
    points = []
    for i in range(steps + 1):
        t = i / steps
        u = 1 - t
        x = u**3 * a[0] + 3 * u * u * t * b[0] + 3 * u * t * t * c[0] + t**3 * d[0]
        y = u**3 * a[1] + 3 * u * u * t * b[1] + 3 * u * t * t * c[1] + t**3 * d[1]
        points.append((x, y))
    return points


def spun(points: Iterable[Point], x: float, y: float, angle: float, size: float = 1.0) -> list[Point]:
    """The points turned by an angle (radians), scaled and moved to (x, y)."""
    cos, sin = math.cos(angle) * size, math.sin(angle) * size
    return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in points]
