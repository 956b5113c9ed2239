"""Compositions from the press room: letters, machines, test sheets, ink, prints on a line. Each draws on the sheet it is given."""

import math

from config.demo.pen import curve, spun
from config.demo.press import Sheet, both, turned, under, without


def letters(s: Sheet) -> None:
    """Large letters over each other, one solid and one in dots."""
    rng = s.rng
    words = ["Ag", "Rg", "&", "Qu", "fi", "Ty", "Bk", "ox", "?!", "12"]
    first, second = rng.sample(words, 2)
    size = s.h * (1.05 if s.w > s.h else 0.78)
    a = s.pen().text(s.w * 0.42, s.h * 0.5, first, size).plate()
    b = s.pen().text(s.w * 0.62, s.h * 0.54, second, size * 0.9).plate()
    s.print(1, s.dots(under(s.fade(255, 90), b), 0, 2), shift=2)
    s.print(0, a)
    rules = s.pen()
    for k in (0.18, 0.5, 0.82):
        rules.line([(0, s.h * k), (s.w, s.h * k)], 3)
    s.print(2 if len(s.inks) > 2 else 1, rules.plate(), 0.7)


def type_case(s: Sheet) -> None:
    """A case of metal type: sorts in compartments, some of them empty."""
    rng = s.rng
    columns, rows = (9, 6) if s.w > s.h else (6, 8)
    dx, dy = s.w / columns, s.h / rows
    walls, faces, floor = s.pen(), s.pen(), s.pen()
    signs = "abcdefghijklmnopqrstuvwxyzaeiou&.,;:!?()0123456789"
    for r in range(rows):
        for c in range(columns):
            x, y = c * dx, r * dy
            walls.box(x + 7, y + 7, dx - 14, dy - 14)
            if rng.random() < 0.14:
                floor.box(x + 7, y + 7, dx - 14, dy - 14)
            else:
                faces.text(x + dx / 2, y + dy / 2, rng.choice(signs), dy * rng.uniform(0.5, 0.72))
    wall = turned(walls.plate())
    s.print(1, s.dots(under(s.noise(12), walls.plate()).point([60 + v * 120 // 255 for v in range(256)]), 1, 2), 0.9)
    s.print(0, both(wall, faces.plate()))
    s.print(2 if len(s.inks) > 2 else 1, floor.plate())


def drums(s: Sheet) -> None:
    """The inside of a press: drums, rollers and the sheet that runs between them."""
    rng = s.rng
    cy, r = s.h * 0.44, min(s.h * 0.27, s.w * 0.2)
    ax, bx = s.w * 0.33, s.w * 0.69
    s.print(len(s.inks) - 1, s.dots(s.fade(20, 150), 1, 2), 0.9)
    frame, tone, holes = s.pen(), s.pen(), s.pen()
    frame.box(s.w * 0.07, cy + r * 1.38, s.w * 0.86, 26).box(s.w * 0.13, cy + r * 1.38, 34, s.h).box(
        s.w * 0.84, cy + r * 1.38, 34, s.h
    )
    path = [
        (0, cy + r * 1.16),
        (ax - r, cy + r * 1.16),
        *curve((ax - r, cy + r * 1.16), (ax, cy + r * 1.2), (bx, cy + r * 1.2), (bx + r, cy + r * 1.16)),
        (s.w, cy + r * 0.8),
    ]
    for x in (ax, bx):
        frame.ring(x, cy, r, 16).disc(x, cy, r * 0.2)
        tone.disc(x, cy, r * 0.93)
        for k in range(6):
            angle = k * math.pi / 3 + rng.random() * 0.3
            frame.line([(x, cy), (x + math.cos(angle) * r * 0.95, cy + math.sin(angle) * r * 0.95)], 13)
        holes.disc(x, cy, r * 0.08)
        for k in range(36):
            angle = k * math.pi / 18
            frame.disc(x + math.cos(angle) * r * 1.05, cy + math.sin(angle) * r * 1.05, 9)
    for k, (x, y, small) in enumerate(
        [(ax + r * 0.98, cy - r * 0.72, 62), (bx - r * 0.95, cy - r * 0.75, 50), ((ax + bx) / 2, cy + r * 0.62, 78)]
    ):
        frame.ring(x, y, small, 12)
        tone.disc(x, y, small * 0.8, 160 + 30 * k)
    frame.line(path, 9)
    s.print(1, s.dots(under(s.fade(70, 245, turn=1), tone.plate()), 0, 1))
    s.print(0, without(frame.plate(), holes.plate()))


def test_sheet(s: Sheet) -> None:
    """A printer's test sheet: steps of dots in each ink, overprints, crosses for the register."""
    columns = 8 if s.w > s.h else 6
    step = (s.w - 200) / columns
    rows = 3
    height = (s.h - 300) / rows
    for ink in range(max(2, len(s.inks))):
        for angle in range(rows):
            blocks = s.pen()
            for c in range(columns):
                if angle == ink or (angle == 2 and c % 3 != ink):
                    value = 255 if c == columns - 1 else 26 + 225 * c // columns
                    blocks.box(100 + c * step + 5, 150 + angle * height + 5, step - 10, height - 10, value)
            s.print(ink, s.dots(blocks.plate(), (angle + ink) % 3, 1), shift=1.5)
    marks = s.pen()
    for x, y in ((55, 75), (s.w - 55, 75), (55, s.h - 75), (s.w - 55, s.h - 75)):
        marks.ring(x, y, 22, 3).line([(x - 38, y), (x + 38, y)], 3).line([(x, y - 38), (x, y + 38)], 3)
    for c in range(columns):
        marks.text(100 + (c + 0.5) * step, 110, str(min(100, 10 + 90 * c // (columns - 1))), 30)
    for angle, name in enumerate(("A", "B", "A+B")):
        marks.text(52, 150 + (angle + 0.5) * height, name, 32)
    marks.line([(s.w * 0.3, s.h - 75), (s.w * 0.7, s.h - 75)], 3).text(
        s.w / 2, s.h - 112, "150 lpi  ·  23 °C  ·  52 %", 27
    )
    s.print(0, marks.plate(), shift=0.5)


def moire(s: Sheet) -> None:
    """Two fans of rules that interfere with each other."""
    for ink in range(2):
        pen = s.pen()
        x, y = s.w * (0.3 + 0.4 * ink), s.h * (0.5 + s.rng.uniform(-0.12, 0.12))
        for k in range(3, 46):
            pen.ring(x, y, k * 33, 12)
        plate = pen.plate()
        s.print(ink, plate, shift=0)
    if len(s.inks) > 2:
        s.print(2, s.pen().disc(s.w / 2, s.h / 2, s.h * 0.22).plate())


def cans(s: Sheet) -> None:
    """Cans of ink on two shelves, each with its label."""
    rng = s.rng
    shelves = 2 if s.w > s.h else 3
    body, tone, labels, lines = s.pen(), s.pen(), s.pen(), s.pen()
    for k in range(shelves):
        floor = s.h * (k + 0.92) / shelves
        lines.box(0, floor, s.w, 14)
        x = 60.0
        while x < s.w - 210:
            wide, high = rng.choice([140, 170, 200]), rng.uniform(200, 340) * (1 if shelves == 2 else 0.9)
            top = floor - high
            body.box(x, top + 18, wide, high - 18)
            body.disc(x + wide / 2, top + 18, wide / 2, flat=0.24)
            tone.box(x + wide * 0.56, top + 18, wide * 0.44, high - 18, 190)
            labels.box(x, top + high * 0.36, wide, high * 0.4)
            lines.text(x + wide / 2, top + high * 0.56, str(rng.randint(1, 98)), high * 0.22)
            lines.arc(x + wide / 2, top + 18, wide / 2, 160, 380, 4)
            x += wide + rng.choice([22, 30, 64, 110])
    label = labels.plate()
    s.print(1, without(body.plate(), label))
    s.print(0, s.dots(under(s.fade(60, 255, turn=1), tone.plate()), 0, 0))
    s.print(0, lines.plate())
    if len(s.inks) > 2:
        s.print(2, both(s.dots(s.fade(60, 170), 1, 3), label), 0.85)


def sheets(s: Sheet) -> None:
    """Prints drying on two lines, pegged by their corners."""
    rng = s.rng
    s.print(len(s.inks) - 1, s.dots(s.fade(130, 15), 2, 2), 0.75)
    lines, papers_, arts, suns = s.pen(), s.pen(), s.pen(), s.pen()
    for row in range(2):
        y = s.h * (0.12 + row * 0.46)
        rope = curve((-10, y), (s.w * 0.3, y + 50), (s.w * 0.7, y + 50), (s.w + 10, y), 60)
        lines.line(rope, 5)
        count = 5 if s.w > s.h else 3
        for k in range(count):
            px, py = rope[int(60 * (k + 0.5) / count)]
            turn, wide, high = rng.uniform(-0.06, 0.06), s.w / count * 0.74, s.h * 0.35
            corners = [(-wide / 2, 0), (wide / 2, 0), (wide / 2, high), (-wide / 2, high)]
            papers_.shape(spun(corners, px, py, turn))
            lines.line([*spun(corners, px, py, turn), spun(corners, px, py, turn)[0]], 4)
            suns.disc(*spun([(rng.uniform(-0.2, 0.2) * wide, high * 0.4)], px, py, turn)[0], wide * 0.23)
            hill = [
                (-wide * 0.42, high * 0.92),
                *[(wide * (i / 12 - 0.5) * 0.84, high * (0.66 + 0.09 * math.sin(i * 0.9 + k))) for i in range(13)],
                (wide * 0.42, high * 0.92),
            ]
            arts.shape(spun(hill, px, py, turn))
            for side in (-0.4, 0.4):
                lines.line(spun([(wide * side, -24), (wide * side, 22)], px, py, turn), 11)
    paper = papers_.plate()
    s.image.paste(s.paper, mask=paper)
    s.print(1, suns.plate(), shift=1.6)
    s.print(0, s.dots(under(s.fade(255, 150), arts.plate()), 0, 0))
    s.print(0, lines.plate(), shift=0.6)


PRESS = {f.__name__: f for f in (letters, type_case, drums, test_sheet, moire, cans, sheets)}
