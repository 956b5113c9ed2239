"""Compositions of the land: hills, plants, fruit, maps and marbled paper. Each draws on the sheet it is given."""

import math

from config.demo.pen import Point, curve, spun
from config.demo.press import Plate, Sheet, bands, both, turned, under, without


def hills(s: Sheet) -> None:
    """Hills behind hills, each paler, and a sun that the nearest cuts off."""
    rng = s.rng
    layers = 6
    sun = s.pen().disc(s.w * rng.uniform(0.3, 0.72), s.h * 0.36, rng.uniform(130, 200)).plate()
    last = len(s.inks) - 1
    s.print(last, sun)
    ridges: list[Plate] = []
    for i in range(layers):
        pen, base = s.pen(), s.h * (0.38 + 0.1 * i)
        a, b, c = rng.random() * 6, rng.random() * 6, rng.uniform(1.1, 2.4)
        line: list[Point] = [(-10, s.h + 10)]
        for k in range(90):
            x = (s.w + 20) * k / 89 - 10
            u = x / s.w
            rise = math.sin(u * 6.3 * c + a) * 46 + math.sin(u * 15 + b) * 15 + math.sin(u * 41 + a * b) * 3
            line.append((x, base - rise))
        ridges.append(pen.shape([*line, (s.w + 10, s.h + 10)]).plate())
    s.print(last, without(without(s.dots(s.fade(160, 0, bend=0.6), 2, 2), sun), ridges[0]), 0.8)
    for i, ridge in enumerate(ridges):
        only = without(ridge, ridges[i + 1]) if i + 1 < layers else ridge
        strong = 80 + 175 * i // (layers - 1)
        dotted = s.dots(s.fade(strong, max(10, strong - 190), bend=0.9), 0, 1)
        s.print(0 if last < 2 else i % 2, under(dotted, only) if i + 1 < layers else only)


def leaf(length: float, width: float) -> list[Point]:
    """A leaf along the x axis from the origin."""
    upper = curve((0, 0), (length * 0.25, -width), (length * 0.7, -width * 0.8), (length, 0))
    lower = curve((length, 0), (length * 0.7, width * 0.8), (length * 0.25, width), (0, 0))
    return upper + lower


def fern(s: Sheet) -> None:
    """Stems with paired leaves, printed twice in two inks that do not quite meet."""
    rng = s.rng
    stems = 5 if s.w > s.h * 1.2 else 3
    glow = s.glow(s.w / 2, s.h * 0.52, max(s.w, s.h) * 0.6, [0.55, 0.4, 0.2, 0.05, 0])
    s.print(len(s.inks) - 1, s.dots(glow, 1, 2))
    full, veins = s.pen(), s.pen()
    for i in range(stems):
        x = s.w * (i + 0.5) / stems + rng.uniform(-25, 25)
        lean = rng.uniform(-110, 110)
        top = s.h * rng.uniform(0.08, 0.22)
        stem = curve((x, s.h + 30), (x, s.h * 0.7), (x + lean * 0.4, s.h * 0.4), (x + lean, top), 26)
        full.line(stem, 7)
        for k in range(5, 26):
            px, py = stem[k]
            along = math.atan2(stem[k][1] - stem[k - 1][1], stem[k][0] - stem[k - 1][0])
            size = 120 * math.sin(math.pi * (k - 3) / 25) ** 0.8 + 18
            for side in (-1, 1):
                angle = along + side * (1.0 - k * 0.012) + rng.uniform(-0.06, 0.06)
                blade = spun(leaf(size, size * 0.17), px, py, angle)
                (full if (k + side) % 4 else veins).shape(blade)
                veins.line(spun([(size * 0.1, 0), (size * 0.86, 0)], px, py, angle), 2.4, 255)
    s.print(0, full.plate())
    s.print(1, veins.plate(), shift=2)


def leaves(s: Sheet) -> None:
    """Large leaves over each other, solid against dotted."""
    rng = s.rng
    for ink in range(len(s.inks)):
        solid, ribs = s.pen(), s.pen()
        for k in range(7):
            x = s.w * ((k + 0.5 * ink) % 7 + rng.uniform(0.1, 0.9)) / 7
            y = s.h * (rng.uniform(0.45, 0.75) if k % 2 else rng.uniform(0.8, 1.15))
            angle, length = rng.uniform(-2.5, -0.6), rng.uniform(330, 560)
            blade = leaf(length, length * rng.uniform(0.24, 0.36))
            solid.shape(spun(blade, x, y, angle))
            ribs.line(spun([(0, 0), (length * 0.95, 0)], x, y, angle), 6)
            for k in range(1, 9):
                start = length * k / 10
                reach = length * 0.22 * math.sin(math.pi * (k + 1) / 11)
                for side in (-1, 1):
                    ribs.line(spun([(start, 0), (start + reach * 0.8, side * reach)], x, y, angle), 3)
        plate = without(solid.plate(), ribs.plate())
        tone = s.fade(245, 60) if ink % 2 else s.fade(80, 255)
        s.print(ink, under(s.dots(tone, ink, ink), plate) if ink else plate, shift=1.4)


def citrus(s: Sheet) -> None:
    """Slices of oranges and lemons, rind in one ink and flesh in the other."""
    rng = s.rng
    rind, flesh, pips = s.pen(), s.pen(), s.pen()
    rows = 3 if s.w >= s.h else 4
    step = s.h / rows
    columns = math.ceil(s.w / step) + 1
    for r in range(rows):
        for c in range(columns):
            x, y = step * (c + (0.5 if r % 2 else 0.0)) + 20, step * (r + 0.5)
            radius = step * rng.uniform(0.4, 0.47)
            rind.disc(x, y, radius).disc(x, y, radius * 0.9, 70)
            parts, turn = rng.choice([8, 9, 10]), rng.random() * 360
            wide = 360 / parts
            for k in range(parts):
                flesh.pie(x, y, radius * 0.84, turn + k * wide + 3, turn + (k + 1) * wide - 3)
            flesh.disc(x, y, radius * 0.1, 0)
            for _ in range(2):
                at = rng.random() * 6.28
                pips.shape(
                    spun(
                        leaf(radius * 0.16, radius * 0.05),
                        x + math.cos(at) * radius * 0.4,
                        y + math.sin(at) * radius * 0.4,
                        at,
                    )
                )
    tone = s.noise(14).point([130 + v * 125 // 255 for v in range(256)])
    s.print(0, without(s.dots(under(tone, flesh.plate()), 0), pips.plate()))
    s.print(1, without(s.dots(rind.plate(), 2), pips.plate()), shift=1.5)
    if len(s.inks) > 2:
        s.print(2, both(pips.plate(), without(s.dots(s.fade(90, 40), 1, 2), rind.plate())))


def contours(s: Sheet) -> None:
    """A map of a coast: the lines of height of a country that does not exist."""
    land = s.land(7)
    high = land.convert("L")
    sea = high.point([min(255, max(0, (112 - v) * 64)) for v in range(256)])
    s.print(1, s.dots(under(s.fade(190, 110), sea), 3, 1))
    s.print(1, without(s.dots(high.point([0 if v < 150 else (v - 150) * 2 for v in range(256)]), 1), sea), 0.9)
    s.print(0, without(bands(land, 15, 0.2), sea), shift=0.8)
    pen = s.pen()
    for _ in range(4):
        x, y = s.rng.uniform(0.12, 0.88) * s.w, s.rng.uniform(0.15, 0.85) * s.h
        pen.ring(x, y, 17, 6).disc(x, y, 6)
    route = curve((s.w * 0.1, s.h * 0.8), (s.w * 0.35, s.h * 0.3), (s.w * 0.6, s.h * 0.9), (s.w * 0.9, s.h * 0.2), 60)
    for k in range(0, 60, 2):
        pen.line(route[k : k + 2], 8)
    s.print(2 if len(s.inks) > 2 else 0, pen.plate())


def marble(s: Sheet) -> None:
    """Marbled paper: bands of ink pulled through a size bath."""
    first, second = s.land(4, 1), s.land(5, 2)
    s.print(0, bands(first, 7, 0.45))
    s.print(1, bands(second, 4, 0.35))
    if len(s.inks) > 2:
        s.print(2, under(s.dots(turned(first.convert("L")), 1, 1), bands(second, 4, 0.8)), 0.8)


LAND = {f.__name__: f for f in (hills, fern, leaves, citrus, contours, marble)}
