"""Compositions from inside the two studios: letters, machines, paper, test sheets, pots and books."""

import math

from PIL import ImageFilter

from config.demo.press import Sheet, both, curve, spun, turned, under, without


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


def folds(s: Sheet) -> None:
    """Folded paper: triangles in four tones, like a map that was opened once too often."""
    rng = s.rng
    columns, rows = (6, 4) if s.w > s.h else (4, 5)
    dx, dy = s.w / columns, s.h / rows
    plates = [s.pen() for _ in range(4)]
    jog = {}
    for r in range(rows + 1):
        for c in range(columns + 1):
            edge = c in (0, columns) or r in (0, rows)
            jog[c, r] = (
                c * dx + (0 if edge else rng.uniform(-0.22, 0.22) * dx),
                r * dy + (0 if edge else rng.uniform(-0.22, 0.22) * dy),
            )
    for r in range(rows):
        for c in range(columns):
            a, b, d, e = jog[c, r], jog[c + 1, r], jog[c, r + 1], jog[c + 1, r + 1]
            halves = ((a, b, e), (a, d, e)) if (r + c) % 2 else ((a, b, d), (b, d, e))
            for k, half in enumerate(halves):
                plates[(r + 2 * c + k + rng.randrange(2)) % 4].shape(half)
    s.print(0, plates[0].plate())
    s.print(0, s.dots(under(s.fade(200, 60), plates[1].plate()), 0, 1))
    s.print(1, s.dots(under(s.fade(90, 230), plates[1].plate()), 1, 1))
    s.print(1, plates[2].plate())
    if len(s.inks) > 2:
        s.print(2, s.dots(under(s.fade(120, 250, turn=1), plates[3].plate()), 2, 2))


def azulejos(s: Sheet) -> None:
    """Glazed tiles: quarter circles and stars that join into a pattern."""
    rng = s.rng
    side = s.h / (4 if s.w > s.h else 5)
    a, b, joints = s.pen(), s.pen(), s.pen()
    for r in range(math.ceil(s.h / side)):
        for c in range(math.ceil(s.w / side)):
            x, y = c * side, r * side
            kind = (r * 3 + c * 5 + s.seed) % 4
            corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
            if kind < 2:
                for k, (px, py) in enumerate(corners):
                    if (k + kind) % 2:
                        a.pie(px, py, side * 0.62, k * 90, k * 90 + 90).pie(px, py, side * 0.4, k * 90, k * 90 + 90, 0)
                    b.pie(px, py, side * 0.26, k * 90, k * 90 + 90)
                a.shape(
                    [
                        (x + side * 0.5, y + side * 0.36),
                        (x + side * 0.64, y + side * 0.5),
                        (x + side * 0.5, y + side * 0.64),
                        (x + side * 0.36, y + side * 0.5),
                    ]
                )
            else:
                turn = rng.choice([0.0, math.pi / 4])
                for k in range(8):
                    blade = [(0, 0), (0.2, 0.075), (0.44, 0), (0.2, -0.075)]
                    (a if k % 2 else b).shape(spun(blade, x + side / 2, y + side / 2, turn + k * math.pi / 4, side))
                a.ring(x + side / 2, y + side / 2, side * 0.47, side * 0.025)
            joints.box(x - 2, y, 4, side).box(x, y - 2, side, 4)
    joint = joints.plate()
    tone = s.noise(7).point([120 + v * 135 // 255 for v in range(256)])
    s.print(0, without(s.dots(under(tone, a.plate()), 1, 0), joint))
    s.print(1, without(b.plate(), joint), shift=1.6)
    if len(s.inks) > 2:
        s.print(2, without(s.dots(s.fade(40, 130, turn=1), 2, 2), both(joint, a.plate())), 0.8)


def window(s: Sheet) -> None:
    """A window over a work table: light, a plant, two jars of brushes."""
    rng = s.rng
    table = s.h * 0.8
    left, top, wide = s.w * 0.2, s.h * 0.08, s.w * 0.6
    high = table - top - 60
    panes, frame, things, stems = s.pen(), s.pen(), s.pen(), s.pen()
    panes.box(left, top, wide, high)
    for k in range(4):
        frame.box(left + wide * k / 3 - 7, top, 14, high)
    for k in range(3):
        frame.box(left - 7, top + high * k / 2 - 7, wide + 14, 14)
    frame.box(0, table, s.w, 18)
    pot = left + wide * rng.uniform(0.2, 0.4)
    things.shape([(pot - 75, table - 130), (pot + 75, table - 130), (pot + 55, table), (pot - 55, table)])
    for k in range(9):
        lean = (k - 4) * 62 + rng.uniform(-20, 20)
        reach = rng.uniform(250, 430) - abs(k - 4) * 30
        stem = curve(
            (pot, table - 130),
            (pot, table - 130 - reach * 0.6),
            (pot + lean * 0.6, table - 130 - reach),
            (pot + lean, table - 130 - reach * 0.9),
        )
        stems.line(stem, 6)
        blade = [
            (0, 0),
            *curve((0, 0), (0.3, -0.42), (0.8, -0.3), (1, 0), 12),
            *curve((1, 0), (0.8, 0.3), (0.3, 0.42), (0, 0), 12),
        ]
        stems.shape(spun(blade, *stem[-1], math.atan2(-0.5 if abs(lean) < 60 else 0.25, lean or 1), 118))
    for x in (left + wide * 0.74, left + wide * 0.9):
        things.box(x - 42, table - 120, 84, 120, round_by=10)
        for k in range(5):
            lean = (k - 2) * 20 + rng.uniform(-5, 5)
            things.line([(x + lean * 0.5, table - 110), (x + lean * 1.6, table - 230 - rng.uniform(0, 60))], 7)
            stems.disc(x + lean * 1.6, table - 245 - rng.uniform(0, 40), 13)
    pane, thing, stem_plate = panes.plate(), things.plate(), stems.plate()
    front = both(thing, stem_plate)
    last = len(s.inks) - 1
    s.print(last, without(without(s.dots(s.fade(200, 30), 0, 2), turned(pane)), front))
    s.print(1 if last > 1 else 0, without(s.dots(s.fade(60, 190, turn=1), 1, 1), both(pane, front)), 0.85)
    s.print(0, both(frame.plate(), stem_plate))
    s.print(1, both(thing, s.pen().box(0, table + 18, s.w, s.h).plate()))


def papers(s: Sheet) -> None:
    """Stacks of paper on a shelf, edges towards us, a coloured slip in some."""
    rng = s.rng
    edges, slips, boards = s.pen(), s.pen(), s.pen()
    rows = 3
    for k in range(rows):
        floor = s.h * (k + 1) / rows - 22
        boards.box(0, floor, s.w, 22)
        x = 24.0
        while x < s.w - 120:
            wide, height = rng.uniform(190, 330), rng.uniform(0.35, 0.82) * s.h / rows
            y = floor
            while y > floor - height:
                thick = rng.choice([4, 5, 5, 7, 10])
                y -= thick
                edges.box(x + rng.uniform(-4, 4), y, wide, thick - 2.4, rng.choice([255, 255, 200, 140, 90]))
                if rng.random() < 0.045:
                    slips.box(x + wide * rng.uniform(0.2, 0.8), y - 3, 26, 40)
            x += wide + rng.uniform(16, 60)
    s.print(1, s.dots(s.fade(20, 130), 1, 2), 0.75)
    s.print(0, without(both(edges.plate(), boards.plate()), slips.plate()))
    s.print(len(s.inks) - 1, slips.plate())


def pots(s: Sheet) -> None:
    """Bowls and bottles on a board, round in dots."""
    rng = s.rng
    table = s.h * 0.8
    outlines = [
        [(0.18, 1.0), (0.30, 0.95), (0.36, 0.7), (0.34, 0.5), (0.12, 0.28), (0.10, 0.06), (0.14, 0.0)],
        [(0.2, 0.62), (0.24, 0.58), (0.4, 0.25), (0.46, 0.06), (0.46, 0.0), (0.42, 0.0), (0.4, 0.0)],
        [(0.26, 0.8), (0.34, 0.7), (0.36, 0.5), (0.34, 0.25), (0.26, 0.1), (0.2, 0.04), (0.22, 0.0)],
        [(0.16, 0.9), (0.3, 0.8), (0.33, 0.6), (0.28, 0.4), (0.2, 0.2), (0.16, 0.1), (0.2, 0.0)],
        [(0.2, 0.46), (0.25, 0.42), (0.3, 0.3), (0.31, 0.1), (0.32, 0.0), (0.3, 0.0), (0.3, 0.0)],
    ]
    count = 5 if s.w > s.h else 3
    shapes, dips, shade, rims = s.pen(), s.pen(), s.pen(), s.pen()
    for k in range(count):
        x, size = s.w * (k + 0.5) / count + rng.uniform(-15, 15), min(s.w / count * 1.38, 600) * rng.uniform(0.86, 1.12)
        outline = outlines[(k + s.seed) % len(outlines)]
        foot = outline[0][1]
        right = [(w, h - foot) for w, h in reversed(outline)]
        smooth: list[tuple[float, float]] = []
        for i in range(len(right) - 1):
            smooth += [
                (
                    right[i][0] + (right[i + 1][0] - right[i][0]) * t / 8,
                    right[i][1] + (right[i + 1][1] - right[i][1]) * (3 * (t / 8) ** 2 - 2 * (t / 8) ** 3),
                )
                for t in range(8)
            ]
        smooth.append(right[-1])
        body = [(x + w * size, table + h * size) for w, h in smooth] + [
            (x - w * size, table + h * size) for w, h in reversed(smooth)
        ]
        shapes.shape(body)
        line = rng.uniform(0.35, 0.65)
        cut = smooth[: int(len(smooth) * line)]
        dips.shape(
            [(x + w * size, table + h * size) for w, h in cut]
            + [(x - w * size, table + h * size + 16) for w, h in reversed(cut)]
        )
        shade.shape(
            [(x + w * size, table + h * size) for w, h in smooth]
            + [(x + w * size * 0.1, table + h * size) for w, h in reversed(smooth)],
            230,
        )
        rims.disc(x, table + right[0][1] * size, right[0][0] * size, flat=0.16)
        shade.shape(
            [
                (x - size * 0.2, table + 4),
                (x + size * 0.55, table + 4),
                (x + size * 0.3, table + 40),
                (x - size * 0.3, table + 36),
            ],
            190,
        )
    sharp = [min(255, max(0, (v - 112) * 8)) for v in range(256)]
    soft = shade.plate().filter(ImageFilter.GaussianBlur(26 * s.unit))
    shape = both(shapes.plate().filter(ImageFilter.GaussianBlur(9 * s.unit)).point(sharp), rims.plate())
    board = s.pen().box(0, table + 2, s.w, s.h).plate()
    s.print(1, both(shape, without(s.dots(under(s.fade(90, 160), board), 2, 1), shape)))
    s.print(0, both(without(under(dips.plate(), shape), rims.plate()), s.dots(soft, 0, 0)))
    if len(s.inks) > 2:
        s.print(2, without(without(s.dots(s.fade(190, 40), 1, 3), shape), board), 0.8)


def spines(s: Sheet) -> None:
    """Books on a shelf, spines out, sewn with thread of another colour."""
    rng = s.rng
    floor = s.h * 0.88
    solid, dotted, thread = s.pen(), s.pen(), s.pen()
    third, x = s.pen(), 26.0
    while x < s.w - 60:
        wide, high = rng.uniform(44, 112), s.h * rng.uniform(0.5, 0.78)
        pen = rng.choice([solid, solid, dotted, third])
        pen.box(x, floor - high, wide, high, 255, round_by=5)
        for k in range(rng.choice([3, 4, 5])):
            y = floor - high * (0.14 + k * 0.18)
            thread.line([(x + 6, y), (x + wide - 6, y)], 6)
            if wide > 70:
                thread.line([(x + 6, y), (x + wide / 2, y + 22), (x + wide - 6, y)], 5)
        x += wide + rng.choice([3, 4, 4, 30])
    thread_plate = thread.plate()
    solid.box(0, floor, s.w, 20)
    s.print(0, without(solid.plate(), thread_plate))
    s.print(1, both(s.dots(under(s.fade(255, 90), dotted.plate()), 0, 1), thread_plate), shift=0.8)
    s.print(2 if len(s.inks) > 2 else 1, without(third.plate(), thread_plate), 0.9)
    s.print(
        len(s.inks) - 1, without(s.dots(s.fade(70, 10), 1, 2), both(solid.plate(), dotted.plate(), third.plate())), 0.7
    )


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


INSIDE = {
    f.__name__: f
    for f in (letters, type_case, drums, test_sheet, moire, cans, folds, azulejos, window, papers, pots, spines, sheets)
}
