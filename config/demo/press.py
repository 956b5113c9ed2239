"""The small printing press of the demo: papers, inks, dot screens and plates, all by whole-image operations of Pillow.
A plate is an "L" image where 255 is full ink; inks multiply on paper as they do on a real sheet."""

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageMath

from config.demo.pen import Pen

Plate = Image.Image

INKS: dict[str, tuple[int, int, int]] = {
    "red": (224, 66, 58), "coral": (255, 102, 90), "orange": (255, 124, 40), "yellow": (255, 204, 30),
    "sun": (250, 176, 40), "pink": (255, 110, 170), "plum": (128, 58, 110), "violet": (126, 96, 190),
    "blue": (0, 104, 190), "medium": (48, 108, 206), "sky": (92, 176, 222), "navy": (36, 62, 110),
    "teal": (0, 130, 138), "mint": (120, 205, 175), "green": (0, 140, 86), "moss": (96, 120, 62),
    "brown": (146, 86, 54), "clay": (198, 104, 72), "sand": (220, 182, 130), "grey": (132, 132, 138),
    "black": (44, 42, 46),
}  # fmt: skip
PAPERS = [(247, 240, 222), (250, 247, 238), (244, 233, 208), (240, 238, 230), (249, 236, 226)]
SHAPES = {"wide": (1600, 1067), "tall": (1200, 1500), "square": (1280, 1280), "band": (1600, 640)}
# Plates are made at this share of the finished size: a print enlarged a little has the soft edge of ink in paper.
MADE_AT = 0.64
# A screen's angle as whole steps across and down a tile, which keep the tile seamless.
ANGLES = [(8, 3), (5, 5), (3, 8), (9, 0)]
CELLS = [9, 12, 15, 20]


@cache
def screen_tile(angle: int, cell: int) -> Plate:
    """A seamless tile of dot thresholds, ranked so that a tone of one half covers half the paper."""
    m, n = ANGLES[angle]
    size = round(cell * math.hypot(m, n))
    step = 2 * math.pi / size
    waves = [math.cos(step * k) for k in range(size)]
    heights = [waves[(m * x + n * y) % size] + waves[(n * x - m * y) % size] for y in range(size) for x in range(size)]
    values = bytearray(len(heights))
    for rank, place in enumerate(sorted(range(len(heights)), key=heights.__getitem__)):
        values[place] = 233 - 211 * rank // len(heights)
    return Image.frombytes("L", (size, size), bytes(values))


@lru_cache(maxsize=24)
def screen(size: tuple[int, int], angle: int, cell: int) -> Plate:
    return tiled(screen_tile(angle, cell), size)


def tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The tile repeated over a whole sheet, doubling what is there at each step."""
    sheet = Image.new(tile.mode, size)
    sheet.paste(tile, (0, 0))
    width, height = tile.size
    while width < size[0]:
        sheet.paste(sheet.crop((0, 0, width, height)), (width, 0))
        width *= 2
    while height < size[1]:
        sheet.paste(sheet.crop((0, 0, size[0], height)), (0, height))
        height *= 2
    return sheet


@cache
def cloud(side: int) -> Plate:
    """Even noise from a fixed seed; everything rough on a sheet is cut out of it."""
    return Image.frombytes("L", (side, side), Random(7).randbytes(side * side))


@cache
def ink_grain() -> Plate:
    """How evenly a drum lays ink: soft mottling with a few pinholes."""
    side = 1320
    mottle = cloud(184).resize((side, side), Image.Resampling.BICUBIC).point([226 + v * 29 // 255 for v in range(256)])
    holes = (
        cloud(side // 3)
        .resize((side, side), Image.Resampling.BILINEAR)
        .point([min(255, 140 + v * 7) for v in range(256)])
    )
    return ImageChops.multiply(mottle, holes)


@cache
def paper_grain() -> Plate:
    side = 1320
    fibre = cloud(side // 8).resize((side, side), Image.Resampling.BICUBIC)
    return fibre.point([246 + v * 9 // 255 for v in range(256)])


class Sheet:
    """One sheet on the press. Its coordinates run 0 to 1000 along the short side, whatever the size in pixels."""

    def __init__(self, shape: str, seed: int, inks: Sequence[str]) -> None:
        self.rng = Random(f"{seed}-{'-'.join(inks)}")
        self.seed = seed
        self.inks = [INKS[name] for name in inks]
        self.finished = SHAPES[shape]
        self.size = (round(self.finished[0] * MADE_AT), round(self.finished[1] * MADE_AT))
        self.unit = min(self.size) / 1000
        self.w, self.h = self.size[0] / self.unit, self.size[1] / self.unit
        self.paper = PAPERS[seed % len(PAPERS)]
        grain = self._cut(paper_grain())
        self.image = ImageChops.multiply(Image.new("RGB", self.size, self.paper), Image.merge("RGB", [grain] * 3))

    # --- plates -------------------------------------------------------------------------------------------------
    def _cut(self, grain: Plate) -> Plate:
        left = self.rng.randrange(grain.width - self.size[0])
        top = self.rng.randrange(grain.height - self.size[1])
        return grain.crop((left, top, left + self.size[0], top + self.size[1]))

    def blank(self, value: int = 0) -> Plate:
        return Image.new("L", self.size, value)

    def pen(self) -> Pen:
        return Pen(self.size, self.unit)

    def fade(self, top: int, bottom: int, turn: int = 0, bend: float = 1.0) -> Plate:
        """A tone running from one edge to the other; turn 0 downwards, 1 rightwards; bend over 1 holds the start."""
        ramp = Image.linear_gradient("L").point([round(top + (bottom - top) * (v / 255) ** bend) for v in range(256)])
        if turn:
            ramp = ramp.transpose(Image.Transpose.ROTATE_90).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return ramp.resize(self.size, Image.Resampling.BILINEAR)

    def glow(self, x: float, y: float, r: float, tones: Sequence[float]) -> Plate:
        """Tones (0 to 1) from the centre out to radius r, evenly spaced; outside stays at the last one."""
        table, steps = [], len(tones) - 1
        for v in range(256):
            place = min(v / 255 / 0.98, 1.0) * steps
            at = min(int(place), steps - 1)
            table.append(round(255 * (tones[at] + (tones[at + 1] - tones[at]) * (place - at))))
        side = max(2, round(2 * r * self.unit))
        plate = self.blank(table[255])
        spot = Image.radial_gradient("L").point(table).resize((side, side), Image.Resampling.BICUBIC)
        plate.paste(spot, (round((x - r) * self.unit), round((y - r) * self.unit)))
        return plate

    def land(self, cells: int, seed: int = 0) -> Plate:
        """A smooth landscape (mode F, 0 to 255) with about that many hills along the long side."""
        rng = Random(self.seed * 31 + seed)
        side = 24
        whole: Plate | None = None
        for octave, weight in ((1, 1.0), (2, 0.45)):
            few = cells * octave * 2
            small = Image.frombytes("L", (few, few), rng.randbytes(few * few)).convert("F")
            soft = small.resize((cells * side, cells * side), Image.Resampling.BICUBIC)
            soft = soft.rotate(rng.uniform(20, 70), Image.Resampling.BICUBIC)
            soft = soft.point(lambda v, w=weight: v * w + 0)
            whole = soft if whole is None else ImageMath.lambda_eval(lambda a: a["x"] + a["y"], x=whole, y=soft)
        assert whole is not None
        middle = whole.crop((cells * side // 4, cells * side // 4, cells * side * 3 // 4, cells * side * 3 // 4))
        tall = max(4, round(middle.width * self.size[1] / self.size[0]))
        middle = middle.crop((0, 0, middle.width, min(middle.height, tall))) if tall <= middle.height else middle
        extremes: Any = middle.getextrema()
        scale = 255.0 / max(1.0, extremes[1] - extremes[0])
        stretched = middle.point(lambda v: v * scale - extremes[0] * scale)
        return stretched.resize(self.size, Image.Resampling.BICUBIC)

    def noise(self, cells: int, seed: int = 0) -> Plate:
        return self.land(cells, seed).convert("L")

    def dots(self, tone: Plate, angle: int = 0, coarse: int = 0, hard: int = 5) -> Plate:
        """A tone broken into dots of the screen; coarse runs from 0 (fine) to 3."""
        grid = screen(self.size, angle, CELLS[min(coarse, 3)])
        return ImageChops.subtract(tone, grid, scale=1 / hard, offset=128)

    # --- printing -----------------------------------------------------------------------------------------------
    def print(self, ink: int, plate: Plate, strength: float = 0.96, shift: float = 1.0) -> None:
        """Lay the plate on the sheet in the ink of that number, a little off its place."""
        plate = ImageChops.multiply(plate, self._cut(ink_grain()))
        reach = 3.6 * self.unit * shift
        plate = moved(plate, round(self.rng.uniform(-reach, reach)), round(self.rng.uniform(-reach, reach)))
        colour = self.inks[ink % len(self.inks)]
        bands = [plate.point([round(255 - v * strength * (255 - part) / 255) for v in range(256)]) for part in colour]
        self.image = ImageChops.multiply(self.image, Image.merge("RGB", bands))

    def trimmed(self) -> Image.Image:
        """The finished picture."""
        return self.image.resize(self.finished, Image.Resampling.BICUBIC)


def moved(plate: Plate, dx: int, dy: int) -> Plate:
    sheet = Image.new(plate.mode, plate.size)
    sheet.paste(plate, (dx, dy))
    return sheet


def under(plate: Plate, mask: Plate) -> Plate:
    return ImageChops.multiply(plate, mask)


def without(plate: Plate, mask: Plate) -> Plate:
    return ImageChops.subtract(plate, mask)


def both(*plates: Plate) -> Plate:
    whole = plates[0]
    for plate in plates[1:]:
        whole = ImageChops.lighter(whole, plate)
    return whole


def turned(plate: Plate) -> Plate:
    """Ink where there was none."""
    return ImageChops.invert(plate)


def bands(land: Plate, count: float, share: float = 0.5, soft: float = 0.04) -> Plate:
    """Lines of equal height through a landscape (mode F), as on a map: count lines, each that share of its step."""
    table = []
    for v in range(256):
        place = v / 255
        edge = min(place, share - place) if place < share else -min(place - share, 1 - place)
        table.append(round(255 * min(1.0, max(0.0, 0.5 + edge / soft))))
    steps = ImageMath.lambda_eval(lambda a: (a["x"] * count) % 255, x=land)
    return steps.convert("L").point(table)
