"""What a child notes of what it is at, as its worker reads it."""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.engine.phase_record import PhaseReader, PhaseWriter


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[PhaseReader]:
    reader = PhaseReader(tmp_path)
    yield reader
    reader.close()


@pytest.fixture
def writer(reader: PhaseReader) -> PhaseWriter:
    writer = PhaseWriter(os.dup(reader.descriptor))
    writer.next_batch()
    return writer


def test_nothing_is_told_before_anything_has_begun(
    reader: PhaseReader, writer: PhaseWriter
) -> None:
    assert reader.read() is None


def test_the_last_note_counts_and_tells_all_that_has_begun(
    reader: PhaseReader, writer: PhaseWriter
) -> None:
    writer.begin("decode", [7])
    writer.begin("decode", [8])
    writer.begin("encode", [7])
    assert reader.read() == {
        "batch": 1,
        "step": 3,
        "phase": "encode",
        "serials": [7],
        "begun": [7, 8],
    }


def test_a_batch_begins_with_nothing(reader: PhaseReader, writer: PhaseWriter) -> None:
    writer.begin("decode", [7])
    writer.next_batch()
    writer.begin("decode", [])
    assert reader.read() == {"batch": 2, "step": 2, "phase": "decode", "serials": [], "begun": []}


def test_the_largest_batch_has_room(reader: PhaseReader, writer: PhaseWriter) -> None:
    serials = list(range(1 << 62, (1 << 62) + 1024))
    writer.begin("compute", serials)
    told = reader.read()
    assert told
    assert told["serials"] == told["begun"] == serials


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x05",
        b"\xff" * 100,
        b"\1\0\0\0" + b"\0" * 8,
        # What has its checksum, and is no note.
        struct.pack("<II", 1, zlib.crc32(b"a")) + b"a",
    ],
)
def test_what_makes_no_sense_is_nothing(reader: PhaseReader, content: bytes) -> None:
    os.truncate(reader.descriptor, 0)
    os.pwrite(reader.descriptor, content, 0)
    assert reader.read() is None


def test_the_file_has_no_name(reader: PhaseReader, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []
