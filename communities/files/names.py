"""Download names: what somebody called a file, made harmless. Storage never uses them."""

import re
import unicodedata

LONGEST = 100
# Names that Windows keeps for devices.
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?=\.|$)")
_FORBIDDEN = re.compile(r'[<>:"|?*%#&;{}\\^~`\[\]]')
# They would end an address inside a text.
_BRACKETS = str.maketrans({"(": None, ")": None, "'": "’"})
_RENDITION = re.compile(r"\d+\.webp", re.IGNORECASE)


def clean_name(name: str, extension: str = "") -> str:
    """The last part of the path, without control and bidi characters, at most 100 long, never empty.

    extension (with its dot) replaces the one that was sent, where the file became something else.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Cc control, Cf direction marks and joiners, Cs halves of pairs, Co and Cn nobody's; Zl and Zp end lines
    name = "".join(
        sign for sign in name if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    name = "-".join(_FORBIDDEN.sub("_", name.translate(_BRACKETS)).split()).strip(".- ")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    suffix = extension or (f".{ending}" if ending and len(ending) <= 10 else "")
    if ending and not extension and not suffix:
        stem = name
    stem = stem.strip(".- ")[: LONGEST - len(suffix)].rstrip(".- ") or "file"
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    name = stem + suffix
    # <width>.webp is the address of a rendition.
    return f"picture-{name}" if _RENDITION.fullmatch(name) else name
