"""Compositions of water and sky: rings, tides, moons, sardines and gulls. Each draws on the sheet it is given."""

import math

from PIL import ImageFilter

from config.demo.pen import Pen, Point, curve, spun
from config.demo.press import Plate, Sheet, both, under, without


def rings(s: Sheet) -> None:
    """Rings of dots like a stone dropped in water, and a disc over them."""
    x, y = s.w * s.rng.uniform(0.34, 0.5), s.h * s.rng.uniform(0.4, 0.6)
    tones: list[float] = []
    for i in range(61):
        tones.append((0.5 + 0.5 * math.cos(i * 0.55 + s.seed)) * max(0.25, 0.96 - i * 0.017))
    s.print(0, s.dots(s.glow(x, y, max(s.w, s.h) * 1.05, tones), s.seed % 3, 3))
    r = s.rng.uniform(150, 230)
    disc = s.pen().disc(x + s.rng.uniform(250, 420), y + s.rng.uniform(-120, 120), r).plate()
    s.print(1, disc)
    if len(s.inks) > 2:
        s.print(2, s.dots(under(s.fade(20, 220), s.pen().disc(x - 260, y + 190, r * 0.62).plate()), 1, 1))


def swell(s: Sheet, base: float, height: float, lengths: float, turn: float) -> list[Point]:
    """The outline of one wave from its crest down to the bottom of the sheet."""
    points: list[Point] = [(-20, s.h + 20)]
    for i in range(81):
        x = -20 + (s.w + 40) * i / 80
        place = x / s.w * lengths * 2 * math.pi + turn
        points.append((x, base + height * (math.sin(place) + 0.35 * math.sin(place * 2.1 + turn))))
    return [*points, (s.w + 20, s.h + 20)]


def tide(s: Sheet) -> None:
    """Waves in bands of dots under a low moon."""
    rng = s.rng
    horizon = s.h * rng.uniform(0.36, 0.46)
    mx, mr = s.w * rng.uniform(0.25, 0.75), rng.uniform(120, 190)
    last = len(s.inks) - 1
    moon = s.pen().disc(mx, horizon - mr * rng.uniform(0.5, 1.1), mr).plate()
    sky = without(s.dots(s.fade(150, 5, bend=0.8), 0, 1), moon)
    waves = 6
    plates: list[Plate] = []
    for i in range(waves):
        base = horizon + (s.h - horizon) * (i / waves) ** 1.15 + 30
        plates.append(s.pen().shape(swell(s, base, 9 + i * 7, 1.4 + rng.random() * 0.8, rng.random() * 6)).plate())
    s.print(last, moon)
    s.print(0, without(sky, plates[0]))
    for i, plate in enumerate(plates):
        only = without(plate, plates[i + 1]) if i + 1 < waves else plate
        tone = s.fade(70 + 25 * i, 255, bend=0.9) if i % 2 else s.fade(255 - 10 * i, 60, bend=0.8)
        s.print(i % max(1, last), under(s.dots(tone, i % 3, i // 2), only))
    glint = s.dots(s.glow(mx, horizon + 170, 210, [0.75, 0.4, 0.12, 0]), 3, 1)
    s.print(last, under(glint, plates[0]))


def moons(s: Sheet) -> None:
    """The phases of a moon in rows, shaded in dots."""
    columns, rows = {True: (5, 3), False: (3, 4)}[s.w > s.h]
    if abs(s.w - s.h) < 1:
        columns = rows = 4
    dx, dy = s.w / (columns + 0.6), s.h / (rows + 0.6)
    r = min(dx, dy) * 0.38
    night, bright, shade = s.pen(), s.pen(), s.pen()
    count = columns * rows
    for i in range(count):
        x, y = dx * (i % columns + 0.8), dy * (i // columns + 0.8)
        night.disc(x, y, r)
        phase = (i + 0.5) / count * 2
        side = 90 if phase > 1 else 270
        lit = phase if phase <= 1 else 2 - phase
        bright.pie(x, y, r * 0.97, side, side + 180)
        bend = abs(1 - 2 * lit)
        a, b = x - r * 0.97 * bend, x + r * 0.97 * bend
        box = [a * bright.unit, (y - r * 0.97) * bright.unit, b * bright.unit, (y + r * 0.97) * bright.unit]
        if b - a > 1:
            bright.draw.ellipse(box, fill=255 if lit > 0.5 else 0)
        shade.disc(x + r * 0.12, y + r * 0.1, r * 0.9, 150)
    lit_plate = bright.plate()
    soft = shade.plate().filter(ImageFilter.GaussianBlur(r * s.unit * 0.24))
    s.print(1, lit_plate)
    s.print(0, both(without(night.plate(), lit_plate), under(s.dots(soft, 0), lit_plate)))
    if len(s.inks) > 2:
        s.print(2, without(s.dots(s.fade(120, 10, turn=1), 1, 2), night.plate()), 0.8)


def sardine(pen: Pen, eyes: Pen, stripes: Pen, x: float, y: float, size: float, way: int) -> None:
    body = curve((-1, 0), (-0.5, -0.3), (0.45, -0.3), (0.82, -0.03)) + curve(
        (0.82, 0.03), (0.45, 0.26), (-0.5, 0.3), (-1, 0)
    )
    tail = [(0.74, 0.0), (1.12, -0.22), (1.02, 0.0), (1.12, 0.22)]

    def place(points: list[Point]) -> list[Point]:
        return [(x + way * px * size, y + py * size) for px, py in points]

    pen.shape(place(body)).shape(place(tail)).shape(place([(-0.05, -0.2), (0.12, -0.36), (0.3, -0.18)]))
    eyes.disc(x - way * size * 0.78, y - size * 0.05, size * 0.055)
    eyes.line(place(curve((-0.6, -0.17), (-0.52, -0.05), (-0.52, 0.06), (-0.6, 0.17))), size * 0.022)
    for k in range(7):
        at = -0.42 + k * 0.16
        stripes.line(place(curve((at, -0.17), (at + 0.05, -0.1), (at + 0.05, -0.04), (at, 0.02))), size * 0.03)


def sardines(s: Sheet) -> None:
    """Sardines in rows, some swimming the other way."""
    rng = s.rng
    rows, columns = (4, 3) if s.w > s.h else (6, 2)
    bodies, eyes, stripes = s.pen(), s.pen(), s.pen()
    dx, dy = s.w / columns, s.h / rows
    for r in range(rows):
        for c in range(-1, columns + 1):
            x = dx * (c + (0.95 if r % 2 else 0.5))
            way = -1 if rng.random() < 0.14 else 1
            sardine(bodies, eyes, stripes, x, dy * (r + 0.5) + rng.uniform(-6, 6), dx * 0.43, way)
    body = without(bodies.plate(), eyes.plate())
    tone = s.noise(9)
    s.print(0, under(s.dots(tone.point([90 + v * 165 // 255 for v in range(256)]), 0), body))
    s.print(1, both(stripes.plate(), without(s.dots(s.fade(30, 110), 1, 2), bodies.plate())))
    if len(s.inks) > 2:
        s.print(2, under(s.fade(150, 255, turn=1), body), 0.5, 2)


def gulls(s: Sheet) -> None:
    """Gulls over a line of roofs and cables, the sky in coarse dots."""
    rng = s.rng
    s.print(1, s.dots(s.fade(215, 15, bend=1.2), 0, 3))
    birds = s.pen()
    for _ in range(11):
        x, y, size = rng.uniform(0.08, 0.92) * s.w, rng.uniform(0.08, 0.6) * s.h, rng.uniform(40, 115)
        tilt = rng.uniform(-0.35, 0.35)
        wing = curve((-1, -0.12), (-0.6, -0.5), (-0.25, -0.35), (0, 0)) + curve(
            (0, 0), (0.25, -0.35), (0.6, -0.55), (1, -0.2)
        )
        back = curve((1, -0.2), (0.6, -0.38), (0.3, -0.12), (0.06, 0.16)) + curve(
            (-0.06, 0.16), (-0.3, -0.12), (-0.6, -0.34), (-1, -0.12)
        )
        birds.shape(spun(wing + back, x, y, tilt, size))
    roofs, x = s.pen(), -20.0
    while x < s.w + 20:
        wide, high = rng.uniform(80, 190), rng.uniform(70, 210)
        top = s.h - high
        roofs.box(x, top, wide, high + 10)
        roofs.shape([(x - 8, top), (x + wide * 0.5, top - wide * 0.32), (x + wide + 8, top)])
        if rng.random() < 0.5:
            roofs.box(x + wide * 0.66, top - wide * 0.34, 20, 70)
        for k in range(int(wide // 46)):
            roofs.box(x + 16 + k * 46, top + 26, 18, 30, 0)
        x += wide
    s.print(0, both(birds.plate(), roofs.plate()))
    if len(s.inks) > 2:
        s.print(2, s.pen().disc(s.w * 0.7, s.h * 0.52, 150).plate())


WATER = {f.__name__: f for f in (rings, tide, moons, sardines, gulls)}
