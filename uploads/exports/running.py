"""How many downloads of a user this process sends at a time."""

import threading
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Final, Self

from django.http import StreamingHttpResponse

from uploads.errors import ExportsBusy, TooManyExports

MAX_OF_A_USER: Final = 4
MAX_MADE: Final = 2
"""Documents that are made at a time, each of some copies of a photo's file in memory."""
_WAIT_SECONDS: Final = 2.0
_makers: Final = threading.BoundedSemaphore(MAX_MADE)
_running: Final[Counter[int]] = Counter()
_lock: Final = threading.Lock()


@contextmanager
def making() -> Iterator[None]:
    """The memory to make a document in.

    Raises:
        ExportsBusy: others have it.
    """
    if not _makers.acquire(timeout=_WAIT_SECONDS):
        raise ExportsBusy
    try:
        yield
    finally:
        _makers.release()


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

    def held_by(self, answer: StreamingHttpResponse) -> None:
        """Is given back when this answer was sent, or nobody reads of it any more."""
        answer.streaming_content = _Parts(answer, self.give_back)
        # Also where nobody ever closes it.
        weakref.finalize(answer, self.give_back)


class _Parts:
    """An answer's bytes, let go of when it is closed.

    A view and its request know each other, and so the answer stays until Python looks for garbage.
    """

    def __init__(self, answer: StreamingHttpResponse, at_end: Callable[[], None]) -> None:
        self._parts: AsyncIterator[bytes] | None = aiter(answer.streaming_content)  # type: ignore[arg-type]  # ours are all asynchronous
        self._at_end = at_end

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._parts is None:
            raise StopAsyncIteration
        return await anext(self._parts)

    def close(self) -> None:
        """As Django calls it at the end of an answer, whatever that was."""
        self._parts = None
        self._at_end()
