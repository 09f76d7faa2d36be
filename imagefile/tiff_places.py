"""Where the pixels of a TIFF page lie, and whether the file has them all (TIFF 6.0)."""

from collections.abc import Sequence
from math import ceil

from imagefile.tiff_directory import Directory
from imagefile.tiff_pixels import BITS, COMPRESSION, PLANES, SAMPLES, UNCOMPRESSED

WIDTH, HEIGHT = 256, 257
STRIPS, ROWS_OF_STRIP, STRIP_BYTES = 273, 278, 279
TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES = 322, 323, 324, 325
_APART = 2


def starts(directory: Directory) -> Sequence[int]:
    """Where its tiles or strips begin."""
    return directory.numbers(TILES if TILES in directory.entries else STRIPS)


def breaks_off(directory: Directory, end: int) -> bool:
    """Whether one of its tiles or strips goes beyond the file's end."""
    begun = starts(directory)
    if directory.number(COMPRESSION, UNCOMPRESSED) == UNCOMPRESSED:
        lengths = _lengths(directory, len(begun))
    else:
        lengths = directory.numbers(TILE_BYTES if TILES in directory.entries else STRIP_BYTES)
    return any(start + length > end for start, length in zip(begun, lengths, strict=False))


def _lengths(directory: Directory, count: int) -> Sequence[int]:
    """How many bytes each takes where nothing is compressed, whatever the file says of it."""
    samples = directory.number(SAMPLES, 1)
    is_apart = samples > 1 and directory.number(PLANES, 1) == _APART
    bits = directory.number(BITS, 1) * (1 if is_apart else samples)
    if TILES in directory.entries:
        across, down = directory.number(TILE_WIDTH, 1), directory.number(TILE_HEIGHT, 1)
        return [ceil(across * bits / 8) * down] * count
    row, height = ceil(directory.number(WIDTH, 0) * bits / 8), directory.number(HEIGHT, 0)
    rows = min(directory.number(ROWS_OF_STRIP, height) or height, height)
    of_plane = ceil(height / rows)
    return [row * min(rows, height - at % of_plane * rows) for at in range(count)]
