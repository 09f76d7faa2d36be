"""The photo that a model comes with, for people to try it."""

import io
from pathlib import Path
from typing import Final

from imagefile.errors import ImageFileError
from imagefile.reading import read_header
from inference.engine import limits
from inference.engine.model_files import FileRefused, check_inside

SAMPLE_FILE: Final = "sample.jpg"


def read_sample(folder: Path) -> bytes:
    """The JPEG beside a model's configuration; empty: there is none.

    Raises:
        FileRefused: it is a link that leads out of the repository, no plain file, too large, or no
            JPEG.
        OSError: it cannot be read.
    """
    file = folder / SAMPLE_FILE
    if not file.exists():
        return b""
    check_inside(file, folder.parent.resolve())
    if not file.is_file():
        raise FileRefused(file, "is not a plain file")
    with file.open("rb") as opened:
        content = opened.read(limits.SAMPLE_BYTES + 1)
    if len(content) > limits.SAMPLE_BYTES:
        raise FileRefused(file, f"has more than {limits.SAMPLE_BYTES >> 10} KiB")
    try:
        header = read_header(io.BytesIO(content))
    except ImageFileError as error:
        raise FileRefused(file, f"is no photo: {error}") from error
    if header.format != "JPEG":
        raise FileRefused(file, f"is {header.name}, not JPEG")
    return content
