"""Compressed bodies, within bounds."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.oip.content_coding import (
    TooLarge,
    UnknownCoding,
    chosen,
    compressed,
    decompressed,
)
from inference.oip.errors import ProtocolError

COMPRESS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "GZIP", " deflate "])
def test_what_was_compressed_comes_back(coding: str) -> None:
    body = bytes(range(256)) * 10_000
    name = coding.strip().lower()
    assert decompressed(COMPRESS[name](body), coding, len(body)) == body
    assert decompressed(compressed(body, name), coding, len(body)) == body


@pytest.mark.parametrize("coding", ["", "identity"])
def test_what_is_not_compressed_is_as_it_is(coding: str) -> None:
    assert decompressed(b"body", coding, 4) == b"body"


@pytest.mark.parametrize("coding", ["br", "gzip, deflate", "x"])
def test_another_coding_is_unknown(coding: str) -> None:
    with pytest.raises(UnknownCoding):
        decompressed(b"body", coding, 4)


@pytest.mark.parametrize("coding", COMPRESS)
def test_an_empty_body_is_not_a_compressed_one(coding: str) -> None:
    assert decompressed(COMPRESS[coding](b""), coding, 0) == b""
    with pytest.raises(ProtocolError, match="one whole stream"):
        decompressed(b"", coding, 4)


@pytest.mark.parametrize("coding", COMPRESS)
def test_a_bomb_is_not_unpacked(coding: str) -> None:
    bomb = COMPRESS[coding](bytes(30_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decompressed(bomb, coding, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", COMPRESS)
@pytest.mark.parametrize("broken", ["cut", "longer", "other"])
def test_a_broken_stream_is_refused(coding: str, broken: str) -> None:
    whole = COMPRESS[coding](b"body" * 100)
    body = {"cut": whole[:-1], "longer": whole + b"x", "other": b"body" * 100}[broken]
    with pytest.raises(ProtocolError, match=coding):
        decompressed(body, coding, 1000)


@given(body=st.binary(max_size=200), coding=st.sampled_from(["gzip", "deflate"]))
def test_whatever_the_bytes_are_they_are_read_or_refused(body: bytes, coding: str) -> None:
    with pytest.raises((ProtocolError, TooLarge)):
        decompressed(b"\0" + body, coding, 1000)


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("gzip, deflate", "gzip"),
        ("deflate", "deflate"),
        ("gzip;q=0, deflate;q=0.5", "deflate"),
        ("GZIP;q=1.0", "gzip"),
        ("br", ""),
        ("gzip;q=many", ""),
        ("identity", ""),
    ],
)
def test_an_answer_is_compressed_as_the_client_accepts_it(accept: str, coding: str) -> None:
    assert chosen(accept, 5000) == coding


def test_a_small_answer_is_not_compressed() -> None:
    assert chosen("gzip", 100) == ""
