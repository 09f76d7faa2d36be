"""Other formats by their first bytes, and what to do with a file of each."""

import re
from typing import Final

from imagefile.errors import UnsupportedFormat
from imagefile.formats import NAMES

LOOKED_AT_BYTES: Final = 1024

_SAVE: Final = "Save it as JPEG or PNG and send that."
_VIDEO: Final = ("a video", "Save a single picture of it as JPEG or PNG and send that.")
_RAW: Final = ("a camera's RAW file", "Export it as JPEG and send that.")
_DOCUMENT: Final = "Export its pages as PNG or JPEG and send those."
_ARCHIVE: Final = ("an archive", "Unpack it and send the pictures in it.")
_NOT_A_PICTURE: Final = f"The file is not a {NAMES} image."

_BY_PREFIX: Final[dict[bytes, tuple[str, str]]] = {
    b"IIRO": _RAW,
    b"IIRS": _RAW,
    b"IIU\0": _RAW,
    b"FUJIFILMCCD-RAW": _RAW,
    b"FOVb": _RAW,
    b"\0MRM": _RAW,
    b"\xff\x0a": ("a JPEG XL picture", _SAVE),
    b"\0\0\0\x0cJXL \r\n\x87\n": ("a JPEG XL picture", _SAVE),
    b"\0\0\0\x0cjP  \r\n\x87\n": ("a JPEG 2000 picture", _SAVE),
    b"\xff\x4f\xff\x51": ("a JPEG 2000 picture", _SAVE),
    b"8BPS": ("a Photoshop document", _SAVE),
    b"gimp xcf": ("a GIMP document", _SAVE),
    b"\x8aMNG\r\n\x1a\n": ("an MNG animation", _SAVE),
    b"\x8bJNG\r\n\x1a\n": ("a JNG picture", _SAVE),
    # True-color and gray, with and without run lengths: no name, no color map.
    **dict.fromkeys(
        [bytes([0, 0, kind, 0, 0, 0, 0, 0]) for kind in (2, 3, 10, 11)], ("a TGA picture", _SAVE)
    ),
    b"\0\0\1\0": ("an icon (ICO)", _SAVE),
    b"\0\0\2\0": ("a cursor (CUR)", _SAVE),
    b"icns": ("an icon (ICNS)", _SAVE),
    b"qoif": ("a QOI picture", _SAVE),
    b"\x76\x2f\x31\x01": ("an OpenEXR picture", _SAVE),
    b"#?RADIANCE": ("a Radiance HDR picture", _SAVE),
    b"DDS ": ("a DDS texture", _SAVE),
    b"AT&TFORM": ("a DjVu document", _DOCUMENT),
    b"%!PS": ("a PostScript document", _DOCUMENT),
    b"\xc5\xd0\xd3\xc6": ("a PostScript document", _DOCUMENT),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("an Office document", _DOCUMENT),
    b"PK\3\4": ("an archive or an Office document", "Send the pictures in it by themselves."),
    b"Rar!\x1a\7": _ARCHIVE,
    b"7z\xbc\xaf\x27\x1c": _ARCHIVE,
    b"\x1f\x8b": _ARCHIVE,
    b"\x1a\x45\xdf\xa3": _VIDEO,
    b"\0\0\1\xba": _VIDEO,
    b"\0\0\1\xb3": _VIDEO,
    b"FLV\1": _VIDEO,
}
_BY_BRAND: Final[dict[bytes, tuple[str, str]]] = {
    b"crx ": _RAW,
    b"jxl ": ("a JPEG XL picture", _SAVE),
}
"""Major brands of ISO base media files (ISO/IEC 14496-12); those not listed are videos."""
_BY_TEXT: Final[tuple[tuple[re.Pattern[bytes], tuple[str, str]], ...]] = (
    (
        re.compile(rb"[\s\xef\xbb\xbf]*(<[?!][^\0]*)?<svg[\s/>]", re.IGNORECASE),
        ("an SVG drawing", "Export it as PNG and send that."),
    ),
    (
        re.compile(rb"[\s\xef\xbb\xbf]*(<!doctype html|<html)", re.IGNORECASE),
        ("a web page", "Save the picture itself and send that."),
    ),
    (re.compile(rb"P[1-7]\s"), ("a PNM picture", _SAVE)),
)


def is_known(head: bytes) -> bool:
    """Whether a file that begins with these bytes is of a format that has a name here."""
    return _known(head) is not None


def refusal(head: bytes) -> UnsupportedFormat:
    """What to tell who sent a file that begins with these bytes and is none that is accepted."""
    known = _known(head)
    if known is None:
        return UnsupportedFormat(_NOT_A_PICTURE)
    name, advice = known
    return UnsupportedFormat(f"The file is {name}, which can't be read. {advice}")


def _known(head: bytes) -> tuple[str, str] | None:
    if head[4:8] == b"ftyp":
        return _BY_BRAND.get(head[8:12], _VIDEO)
    if head[:4] == b"RIFF":
        return _VIDEO if head[8:12] == b"AVI " else None
    if head[4:8] in {b"moov", b"mdat", b"wide"}:
        return _VIDEO
    if text := next((known for pattern, known in _BY_TEXT if pattern.match(head)), None):
        return text
    return next((known for prefix, known in _BY_PREFIX.items() if head.startswith(prefix)), None)
