"""What files weigh, and how they split into uploads."""

import hashlib
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from client.contract import Limits
from client.errors import ClientError
from imagefile.errors import UnsupportedFormat
from imagefile.reading import LOOKED_AT_BYTES, format_of

_PART_OVERHEAD_BYTES = 1024
_DOCUMENTS = frozenset({"PDF", "TIFF"})
"""By their first bytes, whatever their names say."""
_UPLOAD_BYTES = 64_000_000
"""Uploads stay below this even where the server takes more: what is processed early shows early,
and a broken connection repeats little."""


@dataclass(frozen=True)
class Source:
    """A file to submit: its size in bytes and the SHA-256 of its content, in hex."""

    path: Path
    size: int
    sha256: str
    is_document: bool = False
    """Whether each of its pages counts as an image, and nobody here knows how many it has."""


def measure(path: Path, *, most_bytes: int | None = None) -> Source:
    """Read a file once for its size and SHA-256.

    Raises ClientError when it is no regular file or, as one that is to be sent, has more than
    `most_bytes` or is of no format that is taken; OSError when it can't be read.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        # A pipe would be waited for, a device might never end.
        raise ClientError("not_a_file", "It is not a regular file.")
    if most_bytes is not None and status.st_size > most_bytes:
        raise ClientError("image_too_large", f"The file has more than {most_bytes} bytes.")
    with path.open("rb") as file:
        is_document = False
        if head := file.read(LOOKED_AT_BYTES):
            try:
                is_document = format_of(head) in _DOCUMENTS
            except UnsupportedFormat as error:
                if most_bytes is not None:
                    raise ClientError(error.code, error.message) from None
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256")
        return Source(path, file.tell(), digest.hexdigest(), is_document)


def split(sources: Iterable[Source], limits: Limits) -> list[list[Source]]:
    """The sources in their order, cut into uploads that the server's limits allow."""
    most_bytes = min(limits["max_upload_bytes"], _UPLOAD_BYTES)
    batches: list[list[Source]] = []
    weight = 0
    for source in sources:
        added = source.size + _PART_OVERHEAD_BYTES
        full = not batches or len(batches[-1]) >= limits["max_images_per_upload"]
        full = full or source.is_document or batches[-1][0].is_document
        if full or weight + added > most_bytes:
            batches.append([])
            weight = 0
        batches[-1].append(source)
        weight += added
    return batches


def printable(text: str) -> str:
    """A file name as text: what in it isn't valid in the file system's encoding is replaced."""
    return text.encode(errors="replace").decode()


_BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def shown(text: str) -> str:
    """Text for a terminal: what would steer it, or turn the line around, is written as an escape.

    Source: Unicode Standard Annex 9, 2 (directional formatting characters).
    """
    return "".join(
        ascii(char)[1:-1] if unicodedata.category(char) == "Cc" or char in _BIDIRECTIONAL else char
        for char in printable(text)
    )
