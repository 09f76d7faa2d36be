"""gRPC's messages: whole however they are cut, bounded however they are compressed."""

import gzip
import zlib

import pytest

from inference.oip.errors import ProtocolError, Status
from inference.oip.grpc_messages import Messages, prefix

LIMIT = 1000
SAID = [b"", b"a", b"b" * 300, b"c" * LIMIT]


def compressed(data: bytes) -> bytes:
    return b"\1" + prefix(len(data))[1:] + data


async def put(messages: Messages, data: bytes, size: int = 1 << 20) -> list[bytes]:
    found = []
    for start in range(0, len(data), size):
        found += list(messages.put(memoryview(data)[start : start + size]))
    return [await messages.plain(message, lambda _: None) for message in found]


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 299, 1 << 20])
async def test_messages_are_whole_however_they_are_cut(size: int) -> None:
    messages = Messages("identity", LIMIT)
    data = b"".join(prefix(len(one)) + one for one in SAID)
    assert await put(messages, data, size) == SAID
    assert messages.is_whole
    assert await put(messages, prefix(3) + b"ab", size) == []
    assert not messages.is_whole


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
async def test_compressed_messages_and_plain_ones_take_turns(coding: str, compress: object) -> None:
    assert callable(compress)
    data = b"".join(compressed(compress(one)) + prefix(len(one)) + one for one in SAID)
    for size in (1, 7, 1 << 20):
        assert await put(Messages(coding, LIMIT), data, size) == [
            one for one in SAID for _ in range(2)
        ]


@pytest.mark.parametrize(
    ("coding", "data", "status"),
    [
        ("identity", prefix(LIMIT + 1), Status.RESOURCE_EXHAUSTED),
        ("gzip", compressed(gzip.compress(bytes(LIMIT + 1), mtime=0)), Status.RESOURCE_EXHAUSTED),
        ("identity", compressed(b"a"), Status.INTERNAL),
        ("gzip", compressed(b"a"), Status.INVALID_ARGUMENT),
        ("gzip", b"\2\0\0\0\1a", Status.INTERNAL),
    ],
)
async def test_what_is_too_large_or_no_message_is_refused(
    coding: str, data: bytes, status: Status
) -> None:
    with pytest.raises(ProtocolError) as raised:
        await put(Messages(coding, LIMIT), data)
    assert raised.value.status is status


def test_an_unknown_compression_is_refused_with_what_is_known() -> None:
    with pytest.raises(ProtocolError, match="gzip and deflate") as raised:
        Messages("br", LIMIT)
    assert raised.value.status is Status.UNIMPLEMENTED
