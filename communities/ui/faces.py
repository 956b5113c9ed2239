"""Drawn faces for people without a picture: small SVG prints in three flat inks, the same for the same seed on every page.
Pure: no request, no database, no style attribute and no script, so that any policy lets them pass."""

from collections.abc import Sequence
from hashlib import sha256
from html import escape

SKINS = ("#f6d3b8", "#eec19c", "#dda67c", "#c68859", "#a36a43", "#7c4c30", "#5b3826")
HAIRS = ("#2b262d", "#45302a", "#6e452c", "#a5622f", "#cf9440", "#8b8a92", "#d9d5cd", "#b4463c", "#34506e")
GROUNDS = ("#f4b942", "#f2a08c", "#8fc9b8", "#9cc3de", "#e9d8a6", "#c9b3dc", "#e88d67", "#b7c68b")
CLOTHES = ("#0f6e78", "#d1443a", "#2f5fa8", "#4b3a66", "#e07a2f", "#3f7d4e", "#37353d", "#b5446e")

# Hair lies behind the head and before it; the head reaches from 26,20 to 54,58 on a field of 80.
BACKS = (
    "",
    "M22 36C20 10 60 10 58 36L60 62C56 66 24 66 20 62Z",
    "M23 36C20 12 60 12 57 36L58 50C56 54 24 54 22 50Z",
    "M40 9a9 9 0 0 1 0 16a9 9 0 0 1 0-16Z",
    "M20 34c-5-22 45-22 40 0c6 6 5 18-1 21c-8 3-30 3-38 0c-6-3-7-15-1-21Z",
    "M54 24c14 6 12 26 8 38c-5-2-8-6-8-12Z",
)
FRONTS = (
    "M25 35C22 14 58 14 55 35C52 26 46 25 40 25S28 26 25 35Z",
    "M25 37C20 12 60 10 55 37C54 29 50 25 44 23C38 30 30 30 25 37Z",
    "M25 34C23 12 57 12 55 34C53 30 52 28 51 26L29 26C28 28 27 30 25 34Z",
    "M24 33c-4-6 2-10 4-12c1-7 9-7 12-5c5-4 11-1 12 4c5 2 7 8 4 13c-3-5-5-7-8-7c-4 2-12 2-16 0c-4 0-6 3-8 7Z",
    "M25 36C21 14 47 10 52 18C58 21 56 30 55 36C52 28 36 30 32 24C30 28 27 30 25 36Z",
    "M27 27C30 14 50 14 53 27C46 22 34 22 27 27Z",
    "M25 38C21 13 59 13 55 38C54 34 54 31 53 30L27 30C26 31 26 34 25 38Z",
    "",
)
HEADS = (
    "M26 36C26 14 54 14 54 36C54 50 48 58 40 58S26 50 26 36Z",
    "M26 35C26 15 54 15 54 35L53 46C52 54 46 58 40 58S28 54 27 46Z",
    "M25 37C24 15 56 15 55 37C55 51 47 57 40 57S25 51 25 37Z",
)
BEARDS = (
    "M27 42C28 62 52 62 53 42C50 48 46 47 40 47S30 48 27 42ZM36 51h8c-1 3-7 3-8 0Z",
    "M33 47c3-3 11-3 14 0c-3 1-11 1-14 0Z",
    "M35 54c2-2 8-2 10 0c0 6-10 6-10 0Z",
)
MOUTHS = ("M35 49q5 4 10 0", "M35 49.5q5 2 10 0", "M35.5 49q4.5 3 9 .5", "M34 48.5q6 6 12 0Z", "M36 49.5q5 2 9-1")
NOSES = ("M40 38l-2 6h3", "M41 38q3 5-1 6", "M38.5 43.5q2 2 4 0", "M40 38v5.5h-2")


class Pick:
    """Choices that follow from a seed, the same on every machine and in every version of Python."""

    def __init__(self, seed: int) -> None:
        self.rest = int.from_bytes(sha256(f"face-{seed}".encode()).digest() * 2, "big")

    def below(self, end: int) -> int:
        self.rest, taken = divmod(self.rest, end)
        return taken

    def one(self, options: Sequence[str]) -> str:
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


def face_svg(seed: int, name: str) -> str:
    """A friendly face as an SVG document of less than 1.5 KB; the name is its title."""
    pick = Pick(seed)
    skin, hair, ground, cloth = (pick.one(inks) for inks in (SKINS, HAIRS, GROUNDS, CLOTHES))
    back, front, head = pick.one(BACKS), pick.one(FRONTS), pick.one(HEADS)
    if not front:
        back = ""
    line = "#2b262d" if skin not in SKINS[5:] else "#1d1514"
    parts = [
        f'<rect width="80" height="80" fill="{ground}"/>',
        f'<circle cx="{8 + pick.below(64)}" cy="{6 + pick.below(28)}" r="{9 + pick.below(11)}" fill="#fff" opacity=".35"/>',
    ]
    if back:
        parts.append(f'<path fill="{hair}" d="{back}"/>')
    parts.append(f'<path fill="{cloth}" d="{_shoulders(pick)}"/>')
    parts.append(
        f'<path fill="{skin}" d="M34 50h12v13q-6 6-12 0Z"/><path opacity=".18" d="M34 55q6 6 12 0v5q-6 4-12 0Z"/>'
    )
    parts.append(
        f'<g fill="{skin}"><circle cx="25.5" cy="40" r="4"/><circle cx="54.5" cy="40" r="4"/><path d="{head}"/></g>'
    )
    if pick.chance(55):
        parts.append(
            '<g fill="#e4574c" opacity=".3"><circle cx="31" cy="45" r="3.5"/><circle cx="49" cy="45" r="3.5"/></g>'
        )
    if not back and pick.chance(50):
        parts.append(f'<path fill="{hair}" fill-rule="evenodd" d="{pick.one(BEARDS)}"/>')
    if front:
        parts.append(f'<path fill="{hair}" d="{front}"/>')
    parts.append(_features(pick, line, hair))
    label = escape(name.strip()[:32]) or "?"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" role="img">'
        f"<title>{label}</title>{''.join(parts)}</svg>"
    )


def _shoulders(pick: Pick) -> str:
    return pick.one(
        (
            "M10 80C12 64 26 61 34 59Q40 66 46 59C54 61 68 64 70 80Z",
            "M10 80C12 66 24 62 33 60L40 70L47 60C56 62 68 66 70 80Z",
            "M12 80C14 62 26 62 32 56Q40 61 48 56C54 62 66 62 68 80Z",
        )
    )


def _features(pick: Pick, line: str, hair: str) -> str:
    eyes = pick.one(
        (
            f'<circle cx="34" cy="38" r="1.8" fill="{line}"/><circle cx="46" cy="38" r="1.8" fill="{line}"/>',
            '<path d="M32 38.5q2-2.5 4 0M44 38.5q2-2.5 4 0"/>',
            f'<ellipse cx="34" cy="38" rx="1.6" ry="2.3" fill="{line}"/><ellipse cx="46" cy="38" rx="1.6" ry="2.3" fill="{line}"/>',
        )
    )
    brows = pick.one(("M31 34q3-2 6 0M43 34q3-2 6 0", "M31 33.5h5.5M43.5 33.5H49", "M31 34.5l5-1.5M49 34.5l-5-1.5"))
    mouth = pick.one(MOUTHS)
    fill = "#fff" if mouth.endswith("Z") else "none"
    lines = f'<path d="{brows}"/>{eyes}<path d="{pick.one(NOSES)}"/><path fill="{fill}" d="{mouth}"/>'
    if pick.chance(36):
        frame = pick.one(("#2b262d", "#0f6e78", "#b5446e", "#8a5a2b"))
        shape = pick.one(
            (
                '<circle cx="34" cy="38" r="5.5"/><circle cx="46" cy="38" r="5.5"/>',
                '<rect x="28" y="34" width="11" height="8" rx="2"/><rect x="41" y="34" width="11" height="8" rx="2"/>',
            )
        )
        lines += f'<g stroke="{frame}">{shape}<path d="M39 37.5h2"/></g>'
    if pick.chance(20):
        lines += (
            '<g fill="#f4b942" stroke="none"><circle cx="25" cy="46" r="1.7"/><circle cx="55" cy="46" r="1.7"/></g>'
        )
    return f'<g fill="none" stroke="{line}" stroke-width="1.5" stroke-linecap="round">{lines}</g>'
