"""Clients that break HTTP/2: each is told why, and nothing of it stays."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.http2 import frames
from inference.http2.blocks import MAX_BLOCK_BYTES
from inference.http2.exchange import MAX_FRAME_BYTES, MAX_RESETS
from inference.http2.frames import Code
from inference.http2.headers import MAX_BYTES
from tests.unit.http2.peer import Peer, frame

WHOLE = frames.END_HEADERS | frames.END_STREAM


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(frames.DATA, 0, 0, b"a"), Code.PROTOCOL_ERROR),
        (frame(frames.DATA, 0, 5, b"a"), Code.PROTOCOL_ERROR),
        (frame(frames.DATA, frames.PADDED, 1, b""), Code.PROTOCOL_ERROR),
        (frame(frames.DATA, frames.PADDED, 1, b"\7abc"), Code.PROTOCOL_ERROR),
        (frame(frames.HEADERS, WHOLE, 2), Code.PROTOCOL_ERROR),
        (frame(frames.HEADERS, WHOLE, 0), Code.PROTOCOL_ERROR),
        (frame(frames.HEADERS, frames.END_HEADERS, 1), Code.PROTOCOL_ERROR),
        (frame(frames.HEADERS, WHOLE, 7, b"\xff\xff\xff\xff\xff\x0f"), Code.COMPRESSION_ERROR),
        (frame(frames.HEADERS, WHOLE, 7, b"\x40\x05ab"), Code.COMPRESSION_ERROR),
        (frame(frames.HEADERS, WHOLE, 7, b"\0\1a\1\xff"), Code.COMPRESSION_ERROR),
        (frame(frames.HEADERS, WHOLE | frames.PRIORITIZED, 7, b"abc"), Code.FRAME_SIZE_ERROR),
        (frame(frames.CONTINUATION, frames.END_HEADERS, 1, b"a"), Code.PROTOCOL_ERROR),
        (frame(frames.HEADERS, 0, 7) + frame(frames.PING, 0, 0, bytes(8)), Code.PROTOCOL_ERROR),
        (
            frame(frames.HEADERS, 0, 7) + frame(frames.CONTINUATION, 0, 9, b"a"),
            Code.PROTOCOL_ERROR,
        ),
        (frame(frames.HEADERS, 0, 7) + frame(frames.CONTINUATION, 0, 7), Code.ENHANCE_YOUR_CALM),
        (frame(frames.PRIORITY, 0, 0, bytes(5)), Code.PROTOCOL_ERROR),
        (frame(frames.RST_STREAM, 0, 1, bytes(3)), Code.FRAME_SIZE_ERROR),
        (frame(frames.RST_STREAM, 0, 9, bytes(4)), Code.PROTOCOL_ERROR),
        (frame(frames.SETTINGS, 0, 1), Code.PROTOCOL_ERROR),
        (frame(frames.SETTINGS, 0, 0, bytes(5)), Code.FRAME_SIZE_ERROR),
        (frame(frames.SETTINGS, frames.ACK, 0, bytes(6)), Code.FRAME_SIZE_ERROR),
        (frame(frames.SETTINGS, 0, 0, b"\0\4\x80\0\0\0"), Code.FLOW_CONTROL_ERROR),
        (frame(frames.SETTINGS, 0, 0, b"\0\5\0\0\0\1"), Code.PROTOCOL_ERROR),
        (frame(frames.PUSH_PROMISE, 0, 1, bytes(4)), Code.PROTOCOL_ERROR),
        (frame(frames.PING, 0, 1, bytes(8)), Code.PROTOCOL_ERROR),
        (frame(frames.PING, 0, 0, bytes(7)), Code.FRAME_SIZE_ERROR),
        (frame(frames.GOAWAY, 0, 1, bytes(8)), Code.PROTOCOL_ERROR),
        (frame(frames.WINDOW_UPDATE, 0, 0, bytes(4)), Code.FLOW_CONTROL_ERROR),
        (frame(frames.WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"), Code.FLOW_CONTROL_ERROR),
        (frame(frames.WINDOW_UPDATE, 0, 0, bytes(3)), Code.FRAME_SIZE_ERROR),
        (frame(frames.WINDOW_UPDATE, 0, 9, b"\0\0\0\1"), Code.PROTOCOL_ERROR),
        (frames.head(MAX_FRAME_BYTES + 1, frames.DATA, 0, 1), Code.FRAME_SIZE_ERROR),
    ],
)
async def test_what_has_no_meaning_ends_the_connection_with_a_reason(
    sent: bytes, code: Code
) -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1, ends=False))
    peer.feed(sent)
    assert await peer.broken_by() is code
    assert all(request.is_closed for request in peer.requests)


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\0\xa5\1", b"PRI * X"])
async def test_who_does_not_speak_it_is_hung_up_on(said: bytes) -> None:
    peer = Peer()
    peer.feed(said, 1)
    assert await peer.broken_by() is Code.PROTOCOL_ERROR


@pytest.mark.parametrize(
    "said",
    [
        frame(0x42, 0xFF, 3, b"what is not known yet"),
        frame(frames.SETTINGS, 0, 0, b"\0\x99\0\0\0\1"),
        frame(frames.PRIORITY, 0, 9, bytes(5)),
        frame(frames.GOAWAY, 0, 0, bytes(8)),
    ],
)
async def test_what_means_nothing_to_a_server_is_let_pass(said: bytes) -> None:
    peer = Peer()
    peer.greet()
    peer.feed(said + peer.ask(1))
    assert peer.requests[0].is_ended
    assert not peer.transport.closed


async def test_a_window_of_a_stream_that_overflows_ends_that_stream() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1) + frames.window_update(1, (1 << 31) - 1) + peer.ask(3))
    assert [request.is_closed for request in peer.requests] == [True, False]


async def test_heads_without_an_end_are_cut() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(frame(frames.HEADERS, 0, 1))
    for _ in range(MAX_BLOCK_BYTES // 1000 + 1):
        peer.feed(frame(frames.CONTINUATION, 0, 1, bytes(1000)))
    assert await peer.broken_by() is Code.ENHANCE_YOUR_CALM


async def test_a_small_head_that_unfolds_to_a_large_one_is_refused() -> None:
    peer = Peer()
    peer.greet()
    put = b"\x40\1a\x7f\x81\x1e" + b"x" * 4000
    block = put + b"\xbe" * (MAX_BYTES // 4000 + 1)
    peer.feed(frame(frames.HEADERS, WHOLE, 1, block))
    assert await peer.broken_by() is Code.COMPRESSION_ERROR


async def test_who_begins_and_calls_off_without_end_is_hung_up_on() -> None:
    peer = Peer()
    peer.greet()
    for place in range(MAX_RESETS + 1):
        number = 2 * place + 1
        peer.feed(peer.ask(number) + frames.rst_stream(number, Code.CANCEL))
    assert await peer.broken_by() is Code.ENHANCE_YOUR_CALM


async def test_who_also_lets_itself_be_answered_may_call_off_as_much() -> None:
    peer = Peer()
    peer.greet()
    for place in range(MAX_RESETS + 1):
        number = 4 * place + 1
        peer.feed(peer.ask(number) + frames.rst_stream(number, Code.CANCEL))
        peer.feed(peer.ask(number + 2))
        peer.requests[-1].answer()
        await peer.told()
    assert not peer.transport.closed


@given(st.integers(0, 2**32), st.integers(1, 12))
async def test_whatever_comes_is_borne(seed: int, changes: int) -> None:
    """Requests in which bytes are others, missing, or there twice."""
    chance = random.Random(seed)
    peer = Peer()
    peer.greet()
    said = bytearray(
        peer.ask(1, b"abc")
        + frames.ping(bytes(8))
        + peer.ask(3, b"def", ends=False)
        + frames.window_update(0, 5)
        + frame(frames.DATA, frames.END_STREAM | frames.PADDED, 3, b"\1a\0")
        + frames.rst_stream(3, Code.CANCEL)
        + peer.ask(5)
    )
    for _ in range(changes):
        place = chance.randrange(len(said))
        match chance.randrange(3):
            case 0:
                said[place] = chance.randrange(256)
            case 1:
                del said[place : place + chance.randrange(1, 9)]
            case _:
                said[place:place] = said[place : place + chance.randrange(1, 9)]
    peer.feed(bytes(said), chance.randrange(1, 40))
    for request in peer.requests:
        if not request.is_closed:
            request.answer()
    await peer.told()
    peer.connection.connection_lost(None)
    assert all(request.is_closed for request in peer.requests)
