"""The drawn pictures: by name, the same each time, in all their shapes, light enough for a page."""

import hashlib
from io import BytesIO

import pytest
from PIL import Image

from config.demo import art
from config.demo.press import SHAPES


def test_there_are_more_than_a_dozen_compositions() -> None:
    assert len(art.PRINTS) == 24


@pytest.mark.parametrize("kind", sorted(art.PRINTS))
def test_a_composition_gives_a_picture_with_ink_on_it(kind: str) -> None:
    shape = sorted(SHAPES)[len(kind) % 4]
    name, data, width, height = art.draw(f"{kind}-5-navy-coral-sun-{shape}")
    picture = Image.open(BytesIO(data))
    assert (name, picture.format, picture.size) == (f"{kind}-5-navy-coral-sun-{shape}", "JPEG", SHAPES[shape])
    assert (width, height) == picture.size
    assert len(data) < 300_000
    assert len(picture.convert("RGB").resize((40, 40)).getcolors(1600)) > 100


def test_the_same_name_is_the_same_picture_and_another_seed_another() -> None:
    first, again, other = (
        hashlib.sha256(art.picture(name).tobytes()).hexdigest()
        for name in ("hills-3-teal-orange", "hills-3-teal-orange", "hills-4-teal-orange")
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("name", ["cathedral-3-navy-coral", "tide-3-navy", "tide-3-navy-gold", "tide-x-navy-coral"])
def test_a_name_that_cannot_be_drawn_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        art.parse(name)


@pytest.mark.parametrize("community", ["demo", "atelier"])
def test_a_logo_is_a_small_square(community: str) -> None:
    data = art.logo(community)
    assert Image.open(BytesIO(data)).size == (512, 512)
    assert len(data) < 150_000
