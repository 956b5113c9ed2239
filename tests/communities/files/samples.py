"""Pictures and hostile files, made in memory."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import pillow_heif
from PIL import Image

SECRET = b"CANARY-camera-4711"


def encoded(image: Image.Image, encoder: str, **options: object) -> bytes:
    out = BytesIO()
    if encoder == "HEIF":  # as a telephone writes it; the reader that we ship cannot
        exif = options.pop("exif", None)
        told = {"exif": exif.tobytes()} if isinstance(exif, Image.Exif) else {}
        pillow_heif.from_pillow(image).save(out, quality=90, **options, **told)
        return out.getvalue()
    image.save(out, encoder, **options)
    return out.getvalue()


def shade(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right: turns and mirrors show."""
    image = Image.new(mode, (width, height), (220, 30, 30, 255)[: len(mode)])
    image.paste((30, 30, 220, 255)[: len(mode)], (width // 2, 0, width, height))
    return image


def photo_with_everything(encoder: str = "JPEG", orientation: int = 1, size: tuple[int, int] = (640, 400)) -> bytes:
    """GPS, maker, time, comment and XMP, all with the canary in them."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # maker
    exif[0x0132] = "2026:11:23 09:00:00 CANARY"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 42.0, 26.0), 3: "W", 4: (9.0, 8.0, 25.0), 29: "2026:11:23"})
    options: dict[str, object] = {
        "exif": exif,
        "xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>",
    }
    if encoder == "JPEG":
        options["comment"] = SECRET
    if encoder == "PNG":
        del options["xmp"]
    return encoded(shade(*size), encoder, **options)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *extra: bytes, pixels: bool = True) -> bytes:
    """A black one-bit PNG; extra: whole chunks before the pixels."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _row in range(height if pixels else 1)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """An 8 by 8 picture with a text chunk that unpacks to 200 MB."""
    return png(8, 8, _chunk(b"zTXt", b"k\0\0" + zlib.compress(b"A" * 200_000_000, 9)))


def long_animation(frames: int) -> bytes:
    def drawn() -> Iterator[Image.Image]:
        for number in range(frames):
            image = Image.new("L", (40, 40), 40 * (number % 2))
            image.putpixel((number % 40, number // 40 % 40), 200 + number % 3)
            yield image

    first, *rest = drawn()
    return encoded(first, "GIF", save_all=True, append_images=rest, duration=40, loop=0)
