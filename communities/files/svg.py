"""SVG as it came: only looked at. It must be well-formed, without entities, and an svg; its size comes from its viewBox."""

import re
from typing import Any, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

from communities.files.refusal import UploadRefused

MAX_BYTES = 3 * 1024 * 1024
MAX_DEPTH = 256
NAMESPACE = "http://www.w3.org/2000/svg"
LARGEST, SMALLEST, WITHOUT_SIZE = 16_000, 1, (300, 150)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")


def looks_like_svg(head: bytes) -> bool:
    """head: the first bytes. Text that opens with a tag and names svg soon; whether it is one, measure_svg finds out."""
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return text.startswith(b"<") and b"svg" in head.replace(b"\x00", b"").lower()


class _Reader:
    def __init__(self) -> None:
        self.depth = 0
        self.attributes: dict[str, str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.attributes is None:
            if name != f"{NAMESPACE} svg":
                raise UploadRefused(_("This file says it is a drawing (SVG) and is not."))
            self.attributes = attributes
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UploadRefused(_("This drawing is nested too deeply."))

    def end(self, _name: str) -> None:
        self.depth -= 1

    def entity(self, *_what: Any) -> NoReturn:
        raise UploadRefused(_("This drawing declares entities, which we do not take. Save it again as plain SVG."))


def measure_svg(data: bytes) -> tuple[int, int]:
    """(width, height) in CSS pixels. UploadRefused: too large, broken, with entities, or no svg at all."""
    if len(data) > MAX_BYTES:
        raise UploadRefused(_("A drawing (SVG) may have up to 3 MB."), 413)
    reader, parser = _Reader(), expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = reader.entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as problem:
        raise UploadRefused(_("This drawing (SVG) is broken: it cannot be read to its end.")) from problem
    assert reader.attributes is not None  # a document without an element does not parse
    return _size(reader.attributes)


def _size(attributes: dict[str, str]) -> tuple[int, int]:
    try:
        box = [float(part) for part in re.split(r"[\s,]+", attributes.get("viewBox", "").strip())]
    except ValueError:
        box = []
    given = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
    if given[0] and given[1]:
        width, height = float(given[0][1]), float(given[1][1])
    elif len(box) == 4:
        width, height = box[2], box[3]
    else:
        width, height = WITHOUT_SIZE
    return _bounded(width), _bounded(height)


def _bounded(length: float) -> int:
    return int(min(max(length, SMALLEST), LARGEST)) if length == length else SMALLEST  # NaN is unequal to itself
