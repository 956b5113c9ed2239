"""The look of a community: whatever hue its creator picks, people can read it, by day and by night."""

import gzip
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from communities.ui import look
from communities.ui.templatetags.ui import tone

STYLES = Path(__file__).parents[3] / "static/css"
SCRIPTS = STYLES.parent / "js"
CSS = (STYLES / "hearth.css").read_text(encoding="utf-8")
SCHEMES = ["light", "dark"]


def worst(pairs: list[tuple[look.Colour, look.Colour]]) -> float:
    return min(look.contrast(one, other) for one, other in pairs)


def static_colour(name: str, scheme: str, hue: float = 0) -> look.Colour:
    """A colour as hearth.css writes it: name: light-dark(oklch(L C H), oklch(L C H))."""
    found = re.search(rf"--{name}: light-dark\((oklch\(.*?\)+), (oklch\(.*?\)+)\);", CSS)
    assert found, name
    parts = re.findall(r"oklch\(([\d.]+)% ([\d.]+) (var\(--hue\)|[\d.]+)", found[1 if scheme == "light" else 2])[0]
    return look.Colour(float(parts[0]) / 100, float(parts[1]), hue if "var" in parts[2] else float(parts[2]))


def test_known_colours_have_the_contrast_that_everybody_reckons() -> None:
    white, black = look.Colour(1, 0, 0), look.Colour(0, 0, 0)
    assert round(look.contrast(white, black), 2) == 21.0
    # sRGB red is oklch(62.796% 0.25768 29.234) and stands at 4.00 against white.
    assert round(look.contrast(look.Colour(0.62796, 0.25768, 29.234), white), 2) == 4.0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_hue_is_readable_on_every_ground(scheme: str) -> None:
    grounds = [look.Colour(*values) for values in look.NEUTRALS[scheme].values()]
    for hue in range(360):
        colours = look.accents(hue, scheme)
        pairs = [(colours["accent"], ground) for ground in [*grounds, colours["tint"]]]
        pairs.append((colours["accent"], colours["accent-ink"]))
        assert worst(pairs) >= 4.5, f"hue {hue} in {scheme}"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_accent_can_be_shown_as_it_was_reckoned(scheme: str) -> None:
    for hue in range(360):
        for colour in look.accents(hue, scheme).values():
            assert all(-0.01 <= part <= 1.01 for part in look.linear_rgb(colour)), f"{colour} leaves sRGB"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_ink_is_readable_on_the_tint_of_every_hue(scheme: str) -> None:
    inks = [static_colour(name, scheme) for name in ("ink", "ink-2", "good", "warn", "bad")]
    for hue in range(360):
        tints = [look.accents(hue, scheme)["tint"], static_colour("tint", scheme, hue)]
        assert worst([(ink, tint) for ink in inks for tint in tints]) >= 4.5, f"hue {hue} in {scheme}"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_plain_accents_of_pages_without_a_community_are_readable_in_every_hue(scheme: str) -> None:
    grounds = [static_colour(name, scheme) for name in ("paper", "sheet", "sunk")]
    for hue in range(360):
        accent, tint = static_colour("accent", scheme, hue), static_colour("tint", scheme, hue)
        pairs = [(accent, ground) for ground in [*grounds, tint]]
        pairs.append((accent, static_colour("accent-ink", scheme, hue)))
        assert worst(pairs) >= 4.5, f"hue {hue} in {scheme}"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_and_borders_are_readable_without_any_accent(scheme: str) -> None:
    grounds = [static_colour(name, scheme) for name in ("paper", "sheet", "sunk")]
    words = [static_colour(name, scheme) for name in ("ink", "ink-2", "good", "warn", "bad")]
    assert worst([(word, ground) for word in words for ground in grounds]) >= 4.5
    assert worst([(static_colour("edge", scheme), ground) for ground in grounds]) >= 3.0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_grounds_reckoned_with_are_those_of_the_stylesheet(scheme: str) -> None:
    for name, values in look.NEUTRALS[scheme].items():
        assert static_colour(name, scheme) == pytest.approx(look.Colour(*values))


def test_the_stylesheet_of_a_community_carries_its_hue_corners_and_titles() -> None:
    text = look.stylesheet(SimpleNamespace(hue=200, radius="round", font="slab"))
    assert text.startswith("@layer tokens{:root{--hue:200;--radius:1.1rem;--display:var(--slab);")
    assert text.count("light-dark(oklch(") == 3


def test_words_that_are_no_choice_never_reach_the_stylesheet() -> None:
    text = look.stylesheet(SimpleNamespace(hue=720, radius="0} body{display:none", font="url(//evil)"))
    assert "evil" not in text
    assert "display:none" not in text
    assert "--hue:0;" in text


def test_every_tone_that_a_page_can_name_is_in_the_stylesheet() -> None:
    for hue in range(360):
        assert f".{tone(hue)}{{" in CSS


def weigh(*names: str) -> int:
    """Bytes after gzip, as the static files are served."""
    static = Path(__file__).parents[3] / "static"
    return sum(len(gzip.compress((static / name).read_bytes(), 9)) for name in names)


def test_public_styles_and_scripts_stay_below_their_budget() -> None:
    assert weigh("css/hearth.css", "css/tiers.css") <= 14 * 1024
    assert weigh("css/hearth.css", "css/member.css", "css/tiers.css") <= 20 * 1024
    assert weigh("js/scheme.js", "js/public.js") <= 15 * 1024
    of_people = {path.name for path in SCRIPTS.glob("*.js")} - {"admin.js"}
    assert weigh(*(f"js/{name}" for name in of_people)) <= 45 * 1024  # all of them, which no page loads together


def test_no_sheet_is_longer_than_somebody_reads() -> None:
    long = {path.name: len(path.read_text().splitlines()) for path in STYLES.glob("*.css")}
    assert {name: lines for name, lines in long.items() if lines > 500} == {}


def test_no_template_carries_inline_style_or_script() -> None:
    templates = Path(__file__).parents[3] / "templates"
    for page in templates.rglob("*.html"):
        if page.parts[-2] == "mail":
            continue
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son\w+=|<style", text), page.name
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/)", text), page.name
