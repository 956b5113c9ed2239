"""The look of a community: accent tokens from its one hue, checked for contrast, and the stylesheet text that carries them.

Colours are reckoned in OKLCH (Björn Ottosson's matrices) so that every hue from 0 to 359 keeps AA contrast in light and dark."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple, Protocol

RADII = {"none": "0rem", "soft": ".45rem", "round": "1.1rem"}
FONTS = {"serif": "var(--serif)", "sans": "var(--sans)", "slab": "var(--slab)"}
# The neutrals of static/css/hearth.css; a test holds the two together.
NEUTRALS = {
    "light": {"paper": (0.984, 0.007, 85), "sheet": (1.0, 0.0, 0), "sunk": (0.958, 0.011, 85)},
    "dark": {"paper": (0.185, 0.008, 65), "sheet": (0.225, 0.009, 65), "sunk": (0.155, 0.008, 65)},
}
# lightness, most chroma: of words and buttons, of what stands on a button, of a tinted ground
LIGHT = {"accent": (0.5, 0.165), "accent-ink": (0.99, 0.006), "tint": (0.952, 0.032)}
DARK = {"accent": (0.79, 0.135), "accent-ink": (0.19, 0.03), "tint": (0.265, 0.04)}
READABLE = 4.5


class Colour(NamedTuple):
    lightness: float
    chroma: float
    hue: float

    def __str__(self) -> str:
        return f"oklch({self.lightness * 100:.1f}% {self.chroma:.3f} {self.hue:g})"


class Styled(Protocol):
    """What a stylesheet needs to know of a community."""

    hue: int
    radius: str
    font: str


def linear_rgb(colour: Colour) -> tuple[float, float, float]:
    angle = math.radians(colour.hue)
    a, b = colour.chroma * math.cos(angle), colour.chroma * math.sin(angle)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def luminance(colour: Colour) -> float:
    """Relative luminance as WCAG has it; what sRGB cannot show is clipped, as browsers clip it."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in linear_rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def shown(lightness: float, chroma: float, hue: float) -> Colour:
    """The nearest colour of that lightness and hue that sRGB can show: chroma gives way, so that the eye meets what we reckoned."""
    while chroma > 0 and not all(-0.0005 <= part <= 1.0005 for part in linear_rgb(Colour(lightness, chroma, hue))):
        chroma -= 0.002
    return Colour(lightness, round(max(chroma, 0.0), 3), hue)


@cache
def accents(hue: int, scheme: str) -> dict[str, Colour]:
    """The accent, the ink upon it and the tinted ground of one hue in "light" or "dark", every pair readable."""
    wanted, step = (LIGHT, -0.005) if scheme == "light" else (DARK, 0.005)
    grounds = [Colour(*values) for values in NEUTRALS[scheme].values()]
    tint = shown(*wanted["tint"], hue)
    ink = shown(*wanted["accent-ink"], hue)
    lightness, chroma = wanted["accent"]
    accent = shown(lightness, chroma, hue)
    while min(contrast(accent, ground) for ground in [*grounds, tint, ink]) < READABLE:
        lightness += step
        accent = shown(lightness, chroma, hue)
    return {"accent": accent, "accent-ink": ink, "tint": tint}


def stylesheet(community: Styled) -> str:
    """The sheet served at the community's versioned URL; nothing in it comes from typed text."""
    hue = int(community.hue) % 360
    light, dark = accents(hue, "light"), accents(hue, "dark")
    lines = [f"--hue:{hue}", f"--radius:{RADII.get(community.radius, RADII['soft'])}"]
    lines.append(f"--display:{FONTS.get(community.font, FONTS['serif'])}")
    lines += [f"--{name}:light-dark({light[name]},{dark[name]})" for name in light]
    return "@layer tokens{:root{" + ";".join(lines) + "}}\n"
