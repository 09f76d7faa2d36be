"""Whether an exception says that memory ran out, in the words of whoever raised it."""

import errno
import re
from typing import Final

from inference.engine.child.author_errors import message_of

_SIGNS: Final = re.compile(
    r"out of memory|insufficient memory|not enough memory|bad[_ ]alloc"
    r"|(failed to|can't|cannot|unable to) allocate|_ALLOC_FAILED",
    re.IGNORECASE,
)
"""ONNX Runtime, OpenCV, Pillow's codecs, CUDA's libraries and PyTorch on the processor have no
class of their own for it, and PyTorch's for a GPU says it too."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, by this exception or one that it came from."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if _says_so(cause):
            return True
        seen.add(id(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return False


def _says_so(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno == errno.ENOMEM
    return _SIGNS.search(message_of(error)) is not None
