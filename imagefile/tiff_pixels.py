"""Which ways of storing pixels in a TIFF file are decoded (TIFF 6.0, sections 3 to 8, 18 and 21).

The table is what the decoder gets right. There are others that it fails at or, worse, draws wrongly
without a word.
"""

from dataclasses import dataclass
from typing import Final

from imagefile.tiff_directory import Directory

BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, SAMPLES = 258, 259, 262, 266, 277
PLANES, EXTRA_SAMPLES, SAMPLE_FORMAT, SUBSAMPLING = 284, 338, 339, 530
UNCOMPRESSED: Final = 1
_COMPRESSIONS: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000})
_APART, _REVERSED = 2, 2
_IGNORED, _MULTIPLIED, _ALPHA = 0, 1, 2
"""What a sample beyond the colors is."""
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_UNTOLD: Final[tuple[int, ...]] = ()
_LAYOUTS: Final[dict[tuple[int, int], tuple[set[int], set[tuple[int, ...]]]]] = {
    (_WHITE_IS_ZERO, 1): ({1, 2, 4, 8}, {_UNTOLD}),
    (_BLACK_IS_ZERO, 1): ({1, 2, 4, 8, 16}, {_UNTOLD}),
    (_BLACK_IS_ZERO, 2): ({8}, {(_IGNORED,), (_MULTIPLIED,), (_ALPHA,)}),
    (_PALETTE, 1): ({1, 2, 4, 8}, {_UNTOLD}),
    (_PALETTE, 2): ({8}, {(_IGNORED,), (_ALPHA,)}),
    (_RGB, 3): ({8, 16}, {_UNTOLD}),
    (_RGB, 4): ({8, 16}, {_UNTOLD, (_IGNORED,), (_MULTIPLIED,), (_ALPHA,)}),
    (_CMYK, 4): ({8, 16}, {_UNTOLD}),
    (_YCBCR, 3): ({8}, {_UNTOLD}),
}
"""By their meaning and how many samples a pixel has: of how many bits these may be, and what may be
told of those beyond the colors."""
_COLORS: Final = {(_RGB, 3), (_CMYK, 4)}
_FAILS_REVERSED: Final = {
    (_WHITE_IS_ZERO, 1, 8), (_PALETTE, 1, 1), (_PALETTE, 1, 2), (_PALETTE, 1, 4),
}  # fmt: skip
"""Where it is not compressed."""


@dataclass(frozen=True)
class _Pixels:
    layout: tuple[int, int, int]
    extra: tuple[int, ...]
    is_compressed: bool
    is_apart: bool
    """Whether each sample has a plane of its own."""


def is_decoded(directory: Directory) -> bool:
    """Whether the pixels of this page are stored in a way that is decoded."""
    bits = directory.samples(BITS) or (1,)
    samples = directory.number(SAMPLES, 1)
    coding = directory.number(COMPRESSION, UNCOMPRESSED)
    pixels = _Pixels(
        layout=(directory.number(PHOTOMETRIC, -1), samples, bits[0]),
        extra=tuple(directory.samples(EXTRA_SAMPLES)),
        is_compressed=coding != UNCOMPRESSED,
        is_apart=samples > 1 and directory.number(PLANES, 1) == _APART,
    )
    return (
        coding in _COMPRESSIONS
        and len(set(bits)) == 1
        and (len(bits) == 1 or len(bits) >= samples)
        and set(directory.samples(SAMPLE_FORMAT)) <= {1}
        and _is_known(pixels)
        and (not pixels.is_apart or _is_decoded_apart(pixels))
        and (directory.number(FILL_ORDER, 1) != _REVERSED or _is_decoded_reversed(pixels))
        and _is_whole(directory, pixels)
    )


def _is_known(pixels: _Pixels) -> bool:
    meaning, samples, depth = pixels.layout
    depths, extras = _LAYOUTS.get((meaning, samples), (set(), set()))
    return depth in depths and pixels.extra in extras


def _is_decoded_apart(pixels: _Pixels) -> bool:
    meaning, samples, bits = pixels.layout
    if pixels.is_compressed:
        return (meaning, samples) in _COLORS or (meaning == _RGB and pixels.extra != _UNTOLD)
    has_alpha = pixels.extra == (_ALPHA,)
    return bits == 8 and ((meaning, samples) in _COLORS or (meaning == _RGB and has_alpha))


def _is_decoded_reversed(pixels: _Pixels) -> bool:
    _, samples, bits = pixels.layout
    is_known = (samples == 1 and bits <= 8) or pixels.layout == (_RGB, 3, 8)
    fails = pixels.is_apart or pixels.layout in _FAILS_REVERSED
    return is_known and (pixels.is_compressed or not fails)


def _is_whole(directory: Directory, pixels: _Pixels) -> bool:
    """Whether colors have as many samples as brightness, where no coding says it."""
    is_ycbcr = pixels.layout[0] == _YCBCR
    told = tuple(directory.samples(SUBSAMPLING))
    return not is_ycbcr or pixels.is_compressed or told == (1, 1)
