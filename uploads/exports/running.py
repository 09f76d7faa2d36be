"""How many downloads of a user this process sends at a time."""

import threading
from collections import Counter
from typing import Final, Self

from uploads.errors import TooManyExports

MAX_OF_A_USER: Final = 4
_running: Final[Counter[int]] = Counter()
_lock: Final = threading.Lock()


class Slot:
    """The place of one download, until it is given back; more than once does no harm.

    Entered, it is given back by an error.
    """

    def __init__(self, user_id: int) -> None:
        """Takes it.

        Raises:
            TooManyExports: the user has as many.
        """
        self._user_id = user_id
        self._is_taken = True
        with _lock:
            if _running[user_id] >= MAX_OF_A_USER:
                raise TooManyExports
            _running[user_id] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None:
            self.give_back()

    def give_back(self) -> None:
        """Lets another one have it."""
        with _lock:
            if self._is_taken:
                self._is_taken = False
                _running[self._user_id] -= 1
                if not _running[self._user_id]:
                    del _running[self._user_id]
