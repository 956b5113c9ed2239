"""Compositions from the rooms around it: folds, tiles, windows, paper, pots and books. Each draws on the sheet it is given."""

import math

from PIL import ImageFilter

from config.demo.pen import curve, spun
from config.demo.press import Sheet, both, turned, under, without

# Half the outline of each pot from its rim down to its foot: (half width, height), both in sizes of the pot.
OUTLINES = [
    [(0.18, 1.0), (0.30, 0.95), (0.36, 0.7), (0.34, 0.5), (0.12, 0.28), (0.10, 0.06), (0.14, 0.0)],
    [(0.2, 0.62), (0.24, 0.58), (0.4, 0.25), (0.46, 0.06), (0.46, 0.0), (0.42, 0.0), (0.4, 0.0)],
    [(0.26, 0.8), (0.34, 0.7), (0.36, 0.5), (0.34, 0.25), (0.26, 0.1), (0.2, 0.04), (0.22, 0.0)],
    [(0.16, 0.9), (0.3, 0.8), (0.33, 0.6), (0.28, 0.4), (0.2, 0.2), (0.16, 0.1), (0.2, 0.0)],
    [(0.2, 0.46), (0.25, 0.42), (0.3, 0.3), (0.31, 0.1), (0.32, 0.0), (0.3, 0.0), (0.3, 0.0)],
]


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
    count = 5 if s.w > s.h else 3
    shapes, dips, shade, rims = s.pen(), s.pen(), s.pen(), s.pen()
    for k in range(count):
        x, size = s.w * (k + 0.5) / count + rng.uniform(-15, 15), min(s.w / count * 1.38, 600) * rng.uniform(0.86, 1.12)
        outline = OUTLINES[(k + s.seed) % len(OUTLINES)]
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


ROOM = {f.__name__: f for f in (folds, azulejos, window, papers, pots, spines)}
