"""Pictures in, clean pictures out: limits before decoding, one fresh encoding of the pixels, no metadata, sRGB, upright."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import pi_heif
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from communities.files.refusal import UploadRefused

# A plain JPEG is decoded at a fraction of its size; the others (progressive ones too) stand in memory whole, at four to
# eight bytes a pixel, WebP at sixteen: no picture costs more than about 200 MB for the second that it takes.
MAX_PIXELS = 40_000_000
MAX_PIXELS_WHOLE = 25_000_000
MAX_PIXELS_WEBP = 12_000_000
MAX_EDGE = 3200
SMALLEST = 64  # pixels of the shorter edge of what becomes a square
STRIP = 256  # rows that are shrunk at a time
# An animation is encoded while somebody waits: frames, and pixels over all of them.
MAX_FRAMES = 300
MAX_ANIMATED_PIXELS = 24_000_000
LARGEST_PNG = 1_500_000  # bytes; above, a photograph was saved as PNG
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF")

pi_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
PngImagePlugin.MAX_TEXT_CHUNK = 256 * 1024
PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024
# One picture at a time is decoded in a process: memory stays flat however many arrive together.
_one_at_a_time = threading.Lock()
_SRGB = ImageCms.createProfile("sRGB")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@dataclass(frozen=True, slots=True)
class Picture:
    """data: the bytes to keep. width, height: pixels, upright."""

    data: bytes
    mime: str
    width: int
    height: int
    animated: bool = False


def looks_like_picture(head: bytes) -> bool:
    """head: the first 32 bytes of a file. True for the raster formats that we take."""
    return (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in _BRANDS)
    )


_BRANDS = {b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Image.Image]:
    """The picture with only its header read, within the limits; every failure of a decoder becomes a sentence."""
    try:
        with _one_at_a_time, Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > _most_pixels(image):
                raise _too_many_pixels(_most_pixels(image))
            yield image
    except UploadRefused:
        raise
    except Image.DecompressionBombError as problem:
        raise _too_many_pixels(MAX_PIXELS) from problem
    except Exception as problem:  # decoders of six formats fail in many ways
        sentence = _("This is not a picture that we can read. JPEG, PNG, WebP, GIF, AVIF and HEIC work.")
        raise UploadRefused(sentence) from problem


def _most_pixels(image: Image.Image) -> int:
    if image.format == "WEBP":
        return MAX_PIXELS_WEBP
    plain = image.format in {"JPEG", "MPO"} and not image.info.get("progressive")
    return MAX_PIXELS if plain else MAX_PIXELS_WHOLE


def _too_many_pixels(most: int) -> UploadRefused:
    sentence = _("This picture has too many pixels: we take up to %(most)s million. Make it smaller first.")
    return UploadRefused(sentence % {"most": most // 1_000_000})


def clean_picture(file: BinaryIO) -> Picture:
    """Reads a picture and encodes its pixels anew. UploadRefused: not one, too large, too long an animation."""
    with _opened(file) as image:
        if image.format in {"GIF", "WEBP"} and getattr(image, "is_animated", False):
            return _animation(image)
        return _encoded(_still(image, MAX_EDGE), image.format or "")


def square_picture(file: BinaryIO, edge: int) -> Picture:
    """The middle of a picture as a WebP square of `edge` pixels; of an animation the first frame. UploadRefused as above."""
    with _opened(file) as image:
        if min(image.size) < SMALLEST:
            sentence = _("This picture is too small: it needs at least %(least)s pixels on each side.")
            raise UploadRefused(sentence % {"least": SMALLEST})
        cut = ImageOps.fit(_still(image, MAX_EDGE), (edge, edge), Image.Resampling.LANCZOS)
        return Picture(_saved(_bare(cut), "WEBP", quality=85, method=4), "image/webp", edge, edge)


def renditions(file: BinaryIO, widths: list[int]) -> Iterator[tuple[int, bytes]]:
    """WebP bytes for each width, the widest first; each is made from the one before, so the file is decoded once."""
    with _opened(file) as image:
        height = max(widths) * image.height // image.width
        image.draft("RGB", (max(widths), max(height, 1)))
        image.load()
        current = image.convert("RGBA" if image.has_transparency_data else "RGB")
        for width in sorted(widths, reverse=True):
            size = (width, max(1, round(width * current.height / current.width)))
            current = current.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            yield width, _light(current)


def _light(image: Image.Image) -> bytes:
    """At most 200 KB for a card of 800 pixels and in proportion for other widths, whatever is on the picture."""
    most = image.width**2 * 200_000 // 800**2
    for quality in (80, 65, 50, 35, 20):
        data = _saved(image, "WEBP", quality=quality, method=4)
        if len(data) <= most:
            break
    return data


def _still(image: Image.Image, edge: int) -> Image.Image:
    """The first frame: at most `edge` pixels long, upright, in sRGB, RGB or RGBA, and nothing besides pixels."""
    profile, turn = image.info.get("icc_profile"), _TURNS.get(image.getexif().get(0x0112, 1))
    # Half the edge for the largest: what a decoder offers (1/2, 1/4, 1/8) is then still all but the whole edge.
    wanted = edge if image.width * image.height <= MAX_PIXELS_WHOLE else edge // 2
    image.draft("RGB", (wanted, wanted))
    image.load()
    image = _shrunk(image, edge) if max(image.size) > edge else _eight_bits(image)
    image = _srgb(image, profile)
    if turn is not None:
        image = image.transpose(turn)
    return _bare(image)


def _shrunk(image: Image.Image, edge: int) -> Image.Image:
    """To `edge` pixels, strip by strip: see-through and palette pictures would otherwise stand in memory three times."""
    scale = max(image.size) / edge
    width, height = max(1, round(image.width / scale)), max(1, round(image.height / scale))
    rows, margin = image.height / height, int(4 * scale) + 1  # what Lanczos looks at around a strip
    shrunk: Image.Image | None = None
    for top in range(0, height, STRIP):
        bottom = min(top + STRIP, height)
        first, last = max(0, int(top * rows) - margin), min(image.height, int(bottom * rows) + margin + 1)
        strip = _eight_bits(image.crop((0, first, image.width, last)))
        box = (0, top * rows - first, image.width, min(bottom * rows - first, strip.height))
        strip = strip.resize((width, bottom - top), Image.Resampling.LANCZOS, box=box)
        shrunk = shrunk or Image.new(strip.mode, (width, height))
        shrunk.paste(strip, (0, top))
    assert shrunk is not None
    return shrunk


def _eight_bits(image: Image.Image) -> Image.Image:
    """RGB, RGBA or CMYK. Sixteen-bit greys are scaled, for convert() would only clip them to white."""
    if image.mode.startswith("I") or image.mode == "F":
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in {"RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode=target)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a broken profile or one of another colour space: the numbers as they are
        if converted is not None:
            return converted
    return image if image.mode == target else image.convert(target)


def _bare(image: Image.Image) -> Image.Image:
    """Encoders take comments, profiles and resolutions from `info`: what is not there cannot get out."""
    image.info = {}
    return image


def _encoded(image: Image.Image, source: str) -> Picture:
    """Photographs become JPEG; drawings stay PNG unless that is heavy; what is see-through and heavy becomes WebP."""
    see_through = image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255)
    if image.mode == "RGBA" and not see_through:
        image = image.convert("RGB")
    if source == "WEBP":
        data, mime = _saved(image, "WEBP", quality=85, method=2), "image/webp"
    elif source in {"PNG", "GIF"} or see_through:
        data, mime = _saved(image, "PNG"), "image/png"
        if len(data) > LARGEST_PNG:
            data, mime = (_saved(image, "WEBP", quality=88, method=3), "image/webp") if see_through else _jpeg(image)
    else:
        data, mime = _jpeg(image)
    return Picture(data, mime, image.width, image.height)


def _jpeg(image: Image.Image) -> tuple[bytes, str]:
    return _saved(image, "JPEG", quality=86, progressive=True, optimize=True), "image/jpeg"


def _saved(image: Image.Image, encoder: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, encoder, **options)
    return out.getvalue()


def _animation(image: Image.Image) -> Picture:
    """A GIF or WebP animation becomes a WebP one, frame by frame."""
    frames: list[Image.Image] = []
    durations: list[int] = []
    loop = image.info.get("loop", 1)
    while True:
        if len(frames) >= MAX_FRAMES or (len(frames) + 1) * image.width * image.height > MAX_ANIMATED_PIXELS:
            raise UploadRefused(_("This animation is too long or too large. Shorten it, or send it as a video."))
        frames.append(_bare(image.convert("RGBA")))
        durations.append(max(20, int(image.info.get("duration", 100) or 100)))
        try:
            image.seek(image.tell() + 1)
        except EOFError:
            break
    data = _saved(
        frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=loop, quality=75, method=1
    )
    return Picture(data, "image/webp", image.width, image.height, animated=len(frames) > 1)
