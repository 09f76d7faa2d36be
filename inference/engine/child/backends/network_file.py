"""Reading the files of networks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inference.engine.model import LoadError


@contextmanager
def reading(file: Path) -> Iterator[Path]:
    """What a library raises over this file becomes a sentence that names it.

    Raises:
        LoadError: the library could not read it.
    """
    try:
        yield file
    except Exception as error:
        reason = " ".join(str(error).split())
        raise LoadError(f"{file.name} cannot be read: {type(error).__name__}: {reason}") from error
