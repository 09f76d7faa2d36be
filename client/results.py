"""Results as files: unique names, whole or not at all."""

import json
from collections.abc import Iterable
from pathlib import Path

from client.api import Api
from client.contract import Prediction
from client.errors import RefusedError

_IMAGE_SUFFIXES = {"image/jpeg": ".jpg", "image/webp": ".webp"}


class ResultNames:
    """Hands out names (without suffix) that differ even where upper and lower case don't."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    def claim(self, stem: str) -> str:
        """`stem`, or `stem-2`, `stem-3`, … when it is taken."""
        name, number = stem, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name.casefold())
        return name


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
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
