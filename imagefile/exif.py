"""The orientation in EXIF metadata (CIPA DC-008, section 4.6.5.1.6; TIFF 6.0, section 2)."""

import struct
from typing import Final

PREFIX: Final = b"Exif\0\0"
"""What stands before it in a JPEG, and in some files of other formats."""
UPRIGHT: Final = 1
MAX_BYTES: Final = 1 << 16
"""How much of the metadata is looked at: as much as a JPEG segment can hold."""

_ORIENTATION_TAG: Final = 0x0112
_SHORT: Final = 3
_ENTRY_BYTES: Final = 12
_BYTE_ORDERS: Final = {b"II*\0": "<", b"MM\0*": ">"}


def orientation(exif: bytes) -> int:
    """The orientation, 1 to 8; 1 where there is none or it is not one SHORT, as browsers read it.

    Args:
        exif: A TIFF structure, perhaps behind `Exif` and two NULs.
    """
    tiff = exif[len(PREFIX) :] if exif.startswith(PREFIX) else exif
    order = _BYTE_ORDERS.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return UPRIGHT
    (begin,) = struct.unpack_from(f"{order}I", tiff, 4)
    if begin + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, begin)
    for number in range(count):
        at = begin + 2 + number * _ENTRY_BYTES
        if at + _ENTRY_BYTES > len(tiff):
            break
        tag, kind, values, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION_TAG:
            fits = kind == _SHORT and values == 1 and 1 <= value <= 8
            return int(value) if fits else UPRIGHT
    return UPRIGHT
