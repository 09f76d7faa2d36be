"""A picture in tiles that a network computes one by one, each with a rim around it.

The network sees the rim and what comes out of it is thrown away, so that a tile's own pixels come
out as they would within the whole picture. On the picture's outer sides there is no rim: there the
network pads as it does for the whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A tile along one axis, in pixels of the picture."""

    start: int
    stop: int
    rim_start: int
    """Where the network begins to look: at `start` or before."""
    rim_stop: int

    @property
    def own(self) -> slice:
        """The tile itself, in the picture."""
        return slice(self.start, self.stop)

    @property
    def seen(self) -> slice:
        """The tile with its rim, in the picture."""
        return slice(self.rim_start, self.rim_stop)

    @property
    def kept(self) -> slice:
        """The tile itself, in what comes out for `seen`."""
        return slice(self.start - self.rim_start, self.stop - self.rim_start)


def spans(length: int, *, tile: int, rim: int) -> Iterator[Span]:
    """The tiles along an axis: of `tile` pixels, the last one of what is left.

    Where `tile` and `rim` are multiples of a network's stride, so is every place but the end.
    """
    for start in range(0, length, tile):
        stop = min(start + tile, length)
        yield Span(start, stop, max(0, start - rim), min(length, stop + rim))


def tiles(height: int, width: int, *, tile: int, rim: int) -> list[tuple[Span, Span]]:
    """The rows and columns of each tile of a picture, row by row."""
    return [
        (rows, columns)
        for rows in spans(height, tile=tile, rim=rim)
        for columns in spans(width, tile=tile, rim=rim)
    ]
