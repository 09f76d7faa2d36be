"""Results as files: unique names, whole or not at all."""

import contextlib
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from client.api import Api
from client.contract import Prediction
from client.errors import RefusedError

_MAX_STEM_BYTES: Final = 220
"""File systems take names of 255 bytes; what tells results apart and their endings need some."""
_IMAGE_SUFFIXES = {"image/jpeg": ".jpg", "image/webp": ".webp"}


class ResultNames:
    """Hands out names (without suffix) that differ in any file system.

    In some, upper and lower case are the same, and so are composed and decomposed letters.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {_folded(name) for name in taken}

    def claim(self, stem: str, ending: str = "") -> str:
        """`stem` (of a long one its beginning) and `ending`; and `-2`, `-3`, … when it is taken."""
        while len(os.fsencode(stem)) > _MAX_STEM_BYTES:
            stem = stem[:-1]
        name, number = f"{stem}{ending}", 1
        while _folded(name) in self._taken:
            number += 1
            name = f"{stem}{ending}-{number}"
        self._taken.add(_folded(name))
        return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


async def write_result(api: Api, folder: Path, name: str, prediction: Prediction) -> None:
    """Write a succeeded prediction as `name.json`, with `name.txt` or an image beside it.

    The JSON comes last, so that it stands for a complete result. Raises RefusedError when
    the server no longer has the output, OSError when it can't be written.
    """
    if prediction["output"] is None:
        # Too large for an event, or deleted: the server's own record tells which.
        prediction = await api.prediction(prediction["id"])
    output = prediction["output"]
    if output is None:
        raise RefusedError(410, "output_deleted", "The result was deleted on the server.")
    if output["kind"] == "text":
        write_atomically(folder / f"{name}.txt", f"{output['text']}\n".encode())
    elif output["kind"] == "image":
        suffix = _IMAGE_SUFFIXES.get(output.get("content_type", ""), ".png")
        write_atomically(folder / f"{name}{suffix}", await api.output(prediction["id"]))
    content = json.dumps(prediction, ensure_ascii=False, indent=2)
    write_atomically(folder / f"{name}.json", f"{content}\n".encode())


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by a complete new one. Raises OSError."""
    with drafted(path) as draft:
        draft.write_bytes(content)


@contextlib.contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """Where to write what is a file when it is complete: beside it, under a name as short as any.

    What breaks off is removed. An OSError names the file itself.
    """
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()
    draft = path.with_name(f".{digest[:16]}.part")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        if error.filename == str(draft):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
