"""How much work one PDF file may ask for."""

from typing import Final

from imagefile.errors import TooManyParts

MOST: Final = {
    "tokens": 200_000,
    "bytes of objects": 32 << 20,
    "inflated bytes": 16 << 20,
    "rows of tables": 400_000,
    "objects": 400_000,
}
"""By what is counted. Hundreds of pages need a tenth of it; all of it takes about a second."""


class Budget:
    """Shared by all that reads one file: places in it may be led to any number of times."""

    def __init__(self) -> None:
        self.left = dict(MOST)

    def spend(self, what: str, count: int = 1) -> None:
        """Counts work before it is done.

        Raises:
            TooManyParts: there was more than any honest file asks for.
        """
        self.left[what] -= count
        if self.left[what] < 0:
            raise TooManyParts("PDF", what, MOST[what])
