"""What becomes of a picture: limits, metadata, colours, formats (E05, E06, E07)."""

import tracemalloc
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageCms

from communities.files import pictures
from communities.files.pictures import clean_picture
from communities.files.refusal import UploadRefused
from tests.communities.files.samples import (
    SECRET,
    encoded,
    long_animation,
    photo_with_everything,
    png,
    shade,
    text_bomb,
)


def cleaned(data: bytes) -> tuple[pictures.Picture, Image.Image]:
    picture = clean_picture(BytesIO(data))
    return picture, Image.open(BytesIO(picture.data))


def colour_at(image: Image.Image, x: int, y: int) -> str:
    red, _green, blue = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return "red" if red > blue else "blue"


@pytest.mark.parametrize(
    ("encoder", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/png"),
        ("AVIF", "image/jpeg"),
        ("HEIF", "image/jpeg"),
    ],
)
def test_each_format_becomes_one_that_every_browser_shows(encoder: str, mime: str) -> None:
    picture, image = cleaned(encoded(shade(640, 400), encoder))
    assert (picture.mime, picture.width, picture.height, picture.animated) == (mime, 640, 400, False)
    assert image.size == (640, 400)
    assert (colour_at(image, 10, 200), colour_at(image, 630, 200)) == ("red", "blue")


def test_what_only_looks_like_a_telephones_picture_is_none() -> None:
    assert pictures.looks_like_picture(encoded(shade(64, 64), "HEIF")[:32])
    assert not pictures.looks_like_picture(b"\x00\x00\x00\x24ftypmp42\x00\x00\x00\x00mp42isom")
    with pytest.raises(UploadRefused, match="HEIC work"):
        cleaned(encoded(shade(640, 400), "HEIF")[:300])


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_place_device_time_and_comments_are_gone(encoder: str) -> None:
    """E07."""
    data = photo_with_everything(encoder)
    assert SECRET in data
    picture, image = cleaned(data)
    assert b"CANARY" not in picture.data and b"Exif" not in picture.data and b"xmp" not in picture.data
    assert dict(image.getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile"} & image.info.keys()


@pytest.mark.parametrize(
    ("orientation", "size", "left"),
    [(1, (640, 400), "red"), (2, (640, 400), "blue"), (3, (640, 400), "blue"), (4, (640, 400), "red")],
)
def test_an_upside_down_or_mirrored_photo_is_put_right(orientation: int, size: tuple[int, int], left: str) -> None:
    _picture, image = cleaned(photo_with_everything(orientation=orientation))
    assert image.size == size
    assert colour_at(image, 10, 200) == left


@pytest.mark.parametrize(("orientation", "top"), [(5, "red"), (6, "red"), (7, "blue"), (8, "blue")])
def test_a_photo_on_its_side_is_put_upright(orientation: int, top: str) -> None:
    picture, image = cleaned(photo_with_everything(orientation=orientation))
    assert image.size == (picture.width, picture.height) == (400, 640)
    assert colour_at(image, 200, 10) == top


def test_colours_of_another_profile_are_converted_to_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    image = Image.new("RGB", (64, 64), (200, 100, 50))
    _picture, out = cleaned(encoded(image, "PNG", icc_profile=lab.tobytes()))
    assert "icc_profile" not in out.info
    assert all(abs(a - b) <= 2 for a, b in zip(out.convert("RGB").getpixel((9, 9)), (200, 100, 50), strict=True))  # type: ignore[arg-type]


def test_a_broken_profile_is_left_out() -> None:
    picture, out = cleaned(encoded(shade(64, 64), "PNG", icc_profile=b"nonsense" * 40))
    assert picture.mime == "image/png"
    assert "icc_profile" not in out.info


def test_printers_colours_and_sixteen_bits_are_taken() -> None:
    _picture, cmyk = cleaned(encoded(shade(64, 64).convert("CMYK"), "JPEG"))
    assert (cmyk.mode, colour_at(cmyk, 3, 3), colour_at(cmyk, 60, 3)) == ("RGB", "red", "blue")
    _picture, grey = cleaned(encoded(Image.new("I;16", (64, 64), 0x8000), "PNG"))
    assert grey.convert("L").getpixel((5, 5)) == 128


def test_what_is_see_through_stays_so() -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    for encoder, mime in (("PNG", "image/png"), ("WEBP", "image/webp"), ("AVIF", "image/png")):
        picture, out = cleaned(encoded(image, encoder))
        assert picture.mime == mime
        assert out.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_a_large_photo_is_brought_to_3200_without_seams() -> None:
    image = Image.linear_gradient("L").resize((4000, 1000)).convert("RGB")
    picture, out = cleaned(encoded(image, "PNG"))
    assert (picture.width, picture.height) == (3200, 800)
    whole = image.resize((3200, 800), Image.Resampling.LANCZOS)
    _least, most = ImageChops.difference(out.convert("L"), whole.convert("L")).getextrema()
    assert most <= 1


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: png(30_000, 30_000, pixels=False),
        lambda: png(200_000, 500, pixels=False),
        text_bomb,
        lambda: long_animation(1000),
        lambda: encoded(Image.new("L", (5100, 5100)), "JPEG", progressive=True),
        lambda: encoded(Image.new("L", (3600, 3600)), "WEBP", lossless=True),
    ],
    ids=["30k x 30k", "a line", "text", "frames", "progressive", "webp"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(bomb: Callable[[], bytes]) -> None:
    """E06. Memory is counted where Python counts it; the decoders' own never begins, for load() is not reached."""
    loaded, data = [], bomb()
    load = Image.Image.load
    tracemalloc.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Image.Image, "load", lambda self: (loaded.append(self.size), load(self))[1])
            with pytest.raises(UploadRefused) as refused:
                clean_picture(BytesIO(data))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.status == 400
    assert all(width * height <= 40 * 40 for width, height in loaded)
    assert peak < 20_000_000


def test_a_jpeg_of_just_under_forty_million_pixels_is_decoded_at_half_its_size() -> None:
    decoded = []
    with pytest.MonkeyPatch.context() as patch:
        shrunk = pictures._shrunk
        patch.setattr(pictures, "_shrunk", lambda image, edge: (decoded.append(image.size), shrunk(image, edge))[1])
        picture, _image = cleaned(encoded(Image.new("L", (7200, 5500), 90), "JPEG"))
    assert decoded == [(3600, 2750)]
    assert (picture.width, picture.height) == (3200, 2444)


def test_an_animation_stays_one() -> None:
    picture, image = cleaned(long_animation(12))
    assert (picture.mime, picture.animated) == ("image/webp", True)
    assert (image.n_frames, image.info["loop"]) == (12, 0)  # type: ignore[attr-defined]
    image.seek(1)
    image.load()
    assert image.info["duration"] == 40


def test_a_single_frame_is_a_still_picture() -> None:
    picture, _image = cleaned(long_animation(1))
    assert (picture.mime, picture.animated) == ("image/png", False)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script></html>",
        b"\xff\xd8\xff" + b"not a picture" * 100,
        b"%PDF-1.7 " + b"x" * 200,
        b"GIF89a" + b"/*" + b"\0" * 10 + b"*/=1;alert(1)",
        encoded(shade(64, 64), "BMP"),
        encoded(shade(64, 64), "TIFF"),
        photo_with_everything()[:400],
    ],
    ids=["html", "jpeg in name only", "pdf", "gif and js", "bmp", "tiff", "cut off"],
)
def test_what_is_no_picture_of_ours_is_refused_with_a_sentence(data: bytes) -> None:
    """E05."""
    with pytest.raises(UploadRefused) as refused:
        clean_picture(BytesIO(data))
    assert refused.value.sentence.startswith("This is not a picture that we can read.")


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "GIF", "WEBP"])
def test_what_hides_behind_or_inside_a_picture_does_not_come_out(encoder: str) -> None:
    """E05: a polyglot is a picture afterwards and nothing else."""
    script = b"<script>alert('CANARY')</script>"
    options = {"comment": script} if encoder in {"JPEG", "GIF"} else {}
    picture, _image = cleaned(encoded(shade(64, 64), encoder, **options) + script)
    assert b"script" not in picture.data


def test_renditions_are_webp_at_the_widths_asked_for() -> None:
    made = dict(pictures.renditions(BytesIO(encoded(shade(1000, 500), "JPEG")), [400, 800]))
    assert list(made) == [800, 400]
    for width, data in made.items():
        image = Image.open(BytesIO(data))
        assert (image.format, image.size) == ("WEBP", (width, width // 2))
        assert (colour_at(image, 5, 5), colour_at(image, width - 5, 5)) == ("red", "blue")


@pytest.mark.parametrize("grain", [(250, 188), (1000, 750)], ids=["a photograph", "sand"])
def test_a_twelve_megapixel_photo_is_small_at_card_size(grain: tuple[int, int]) -> None:
    """R37: at most 200 KB at 800 pixels, which a card on a sharp screen takes."""
    noisy = Image.effect_noise(grain, 90).resize((4000, 3000)).convert("RGB")
    picture = clean_picture(BytesIO(encoded(noisy, "JPEG", quality=92)))
    made = dict(pictures.renditions(BytesIO(picture.data), [400, 800]))
    assert len(made[800]) <= 200_000
    assert len(made[400]) <= 50_000
