"""A ZIP file of originals and results, written while it is read."""

import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED

from zipstream import ZipStream  # type: ignore[import-untyped]  # it has no types

from uploads.exports.names import Names, safe_name, split
from uploads.exports.selection import Row, Some
from uploads.exports.sources import NotThere, Sources
from uploads.models import Image, Prediction
from uploads.states import State

MISSING: Final = "missing.txt"
MAX_FILES: Final = 50_000
"""Each has its line in the table of contents, which is in memory until the end."""
_CHUNK_BYTES: Final = 256 * 1024


class Include(StrEnum):
    """What of each image is in it."""

    ORIGINALS = "originals"
    RESULTS = "results"


class Archive:
    """The pieces of a ZIP file, for some images at a time.

    Originals lie in `originals/`, results in `results/`, under the names that people know; what is
    not there is told in `missing.txt`. Pictures are stored as they are, texts are compressed.
    """

    def __init__(self, include: Iterable[str]) -> None:
        self._include = frozenset(include)
        self._stream = ZipStream(compress_type=ZIP_STORED)
        self._names = Names()
        self._sources = Sources()
        self._documents: set[tuple[int, int]] = set()
        self._missing: list[str] = []
        self._files = 0

    def begin(self) -> Iterator[bytes]:
        """What comes before all files: nothing."""
        return iter(())

    def of(self, some: Some) -> Iterator[bytes]:
        """The files of these images."""
        for name, text in some.texts:
            yield from self.text(name, text)
        for pk in some.missing:
            self._missing.append(f"Photo {pk}: it is not yours, or was deleted.")
        for row in some.rows:
            if Include.ORIGINALS in self._include:
                yield from self._original(row.image)
            if Include.RESULTS in self._include:
                yield from self._results(row)

    def end(self) -> Iterator[bytes]:
        """What is missing, and the archive's table of contents."""
        if self._missing:
            text = "These are not in this archive:\n\n" + "\n".join(self._missing) + "\n"
            yield from self.text(MISSING, text)
        yield from self._stream.finalize()

    def text(self, name: str, text: str) -> Iterator[bytes]:
        """One file more, under a name that no other has."""
        self._files += 1
        self._stream.add(text.encode(), name, compress_type=ZIP_DEFLATED)
        yield from self._stream.file()

    def _original(self, image: Image) -> Iterator[bytes]:
        document = (image.upload_id, image.position)
        if document in self._documents:
            return  # of which another page has brought it
        self._documents.add(document)
        name = self._names.claim(Include.ORIGINALS, *split(safe_name(image.image_name)))
        yield from self._file(name, image, lambda: self._sources.original(image))

    def _results(self, row: Row) -> Iterator[bytes]:
        stem = split(safe_name(row.image.image_name))[0]
        if row.image.pages > 1:
            stem += f"-p{row.image.page}"
        for one in row.predictions:
            if one.state != State.SUCCEEDED or one.output is None:
                continue
            if self._files >= MAX_FILES:
                self._missing.append(f"Result {one.pk} of {stem}: the archive has too many files.")
            else:
                yield from self._result(f"{stem}.{one.model}", one, one.output)

    def _result(self, stem: str, prediction: Prediction, output: dict[str, Any]) -> Iterator[bytes]:
        if prediction.output_path:
            suffix = Path(prediction.output_path).suffix
            name = self._names.claim(Include.RESULTS, stem, suffix)
            image = prediction.image
            yield from self._file(name, image, lambda: self._sources.result(prediction))
        elif output.get("kind") == "text":
            name = self._names.claim(Include.RESULTS, stem, ".txt")
            yield from self.text(name, f"{output.get('text', '')}\n")
        else:
            name = self._names.claim(Include.RESULTS, stem, ".json")
            yield from self.text(name, json.dumps(output, ensure_ascii=False, indent=2) + "\n")

    def _file(self, name: str, image: Image, opening: Callable[[], IO[bytes]]) -> Iterator[bytes]:
        try:
            file = opening()
        except NotThere as error:
            self._missing.append(f"{name} (photo {image.pk}): {error}.")
            return
        with file:
            self._files += 1
            self._stream.add(_chunks(file), name)
            yield from self._stream.file()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk
