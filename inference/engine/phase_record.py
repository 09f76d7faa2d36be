"""What a child is at, in memory that it shares with its worker.

The child notes each phase that it begins with, which costs it no system call. The worker reads the
note when it wants to know: now and then while a batch is long, and once the child has ended, which
the memory outlives.
"""

import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgpack
from pydantic import TypeAdapter, ValidationError

from inference.engine.messages import Begun, Phase

_HEAD: Final = struct.Struct("<II")
"""The length of the note and its checksum."""
_BYTES: Final = 1 << 15
"""Enough for the serials of the largest batch, twice."""
_TRIES: Final = 5
"""A note that is just being written has another checksum."""

_begun: TypeAdapter[Begun] = TypeAdapter(Begun)


class PhaseWriter:
    """The child's end."""

    def __init__(self, descriptor: int) -> None:
        """Notes into the file of this number, which it closes."""
        self._memory = mmap.mmap(descriptor, _BYTES)
        os.close(descriptor)
        self._batch = 0
        self._step = 0
        self._begun: dict[int, None] = {}

    def next_batch(self) -> None:
        """What is begun with from now on is of the batch after this."""
        self._batch += 1
        self._begun.clear()

    def begin(self, phase: Phase, serials: Sequence[int]) -> None:
        """This phase of these jobs begins."""
        self._step += 1
        self._begun.update(dict.fromkeys(serials))
        note: Begun = {
            "batch": self._batch,
            "step": self._step,
            "phase": phase,
            "serials": list(serials),
            "begun": list(self._begun),
        }
        body = msgpack.packb(note)
        whole = _HEAD.pack(len(body), zlib.crc32(body)) + body
        self._memory[: len(whole)] = whole


class PhaseReader:
    """The worker's end, which trusts nothing that it reads.

    It reads the file instead of mapping it: a child that cuts it off ends nobody but itself.
    """

    def __init__(self, folder: Path) -> None:
        """Makes the file, without a name, in this folder.

        Raises:
            OSError: there is no room for it.
        """
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # until `close`
        self._file.truncate(_BYTES)

    @property
    def descriptor(self) -> int:
        """The file's number, for the child."""
        return self._file.fileno()

    def read(self) -> Begun | None:
        """What the child has noted last; None: nothing, or nothing that makes sense."""
        for _ in range(_TRIES):
            whole = os.pread(self.descriptor, _BYTES, 0)
            if len(whole) < _HEAD.size:
                return None
            length, checksum = _HEAD.unpack_from(whole)
            body = whole[_HEAD.size : _HEAD.size + length]
            if length and zlib.crc32(body) == checksum:
                return _understood(body)
        return None

    def close(self) -> None:
        """Reads no more."""
        self._file.close()


def _understood(body: bytes) -> Begun | None:
    try:
        told: Any = msgpack.unpackb(body)
        return _begun.validate_python(told)
    except (ValueError, TypeError, RecursionError, ValidationError):
        return None
