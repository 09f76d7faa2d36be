"""Clients that keep to the protocol and mean no good: what they cost has bounds."""

import asyncio
import sys

import pytest

from inference.http2 import frames
from inference.http2.blocks import MAX_BLOCK_BYTES
from inference.http2.client_settings import MAX_CHANGES
from inference.http2.exchange import MAX_RESETS, MAX_STREAMS
from inference.http2.frames import Code, Setting
from inference.http2.headers import MAX_BYTES, Reader
from inference.http2.stream import SLOW_LOOKS, SLOWEST_BYTES, Stream
from tests.unit.http2.peer import Peer, frame

WHOLE = frames.END_HEADERS | frames.END_STREAM
NO_ROOM = frames.settings({Setting.INITIAL_WINDOW_SIZE: 0})


def remembered(reader: Reader) -> int:
    """Bytes, with what Python adds."""
    return sum(
        sys.getsizeof(block) + sum(map(sys.getsizeof, [part for field in fields for part in field]))
        for block, fields in reader._known.items()
    )


def test_what_is_remembered_of_heads_has_a_bound() -> None:
    reader = Reader()
    value = b"\x7f" + bytes([(15_000 - 127) & 127 | 128, (15_000 - 127) >> 7]) + b"x" * 15_000
    for number in range(200):
        reader.read(b"\0\4n%03d" % number + value)
        assert remembered(reader) < 4 * MAX_BYTES


def test_many_small_fields_are_remembered_for_what_they_take() -> None:
    reader = Reader()
    for number in range(200):
        reader.read(b"\0\3%03d\0" % number + b"\x84" * 400)
        assert len(reader._known) < 4


def test_a_table_that_was_small_for_a_moment_has_lost_what_it_held() -> None:
    reader = Reader()
    reader.read(b"\x40\1a\1x")
    assert reader.read(b"\xbe") == (("a", "x"),)
    reader.read(b"\x20\x3f\xe1\x1f")
    with pytest.raises(frames.Broken):
        reader.read(b"\xbe")


async def test_a_large_head_is_refused_unread_though_it_is_one_frame() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(frame(frames.HEADERS, WHOLE, 1, b"\x82" * (MAX_BLOCK_BYTES + 1)))
    assert await peer.broken_by() is Code.ENHANCE_YOUR_CALM
    assert not peer.requests


async def test_settings_and_room_for_what_does_not_wait_touch_no_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    peer = Peer()
    peer.greet()
    for place in range(MAX_STREAMS):
        peer.feed(peer.ask(2 * place + 1))
    touched: list[int] = []
    monkeypatch.setattr(Stream, "pump", lambda stream: touched.append(stream.number))
    peer.feed(frames.settings({}) * 100 + frames.window_update(0, 1) * 100)
    assert not touched


async def test_who_changes_settings_without_end_is_hung_up_on() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(frames.settings({}) * MAX_CHANGES)
    assert await peer.broken_by() is Code.ENHANCE_YOUR_CALM


@pytest.mark.parametrize(
    "fault",
    [
        lambda number: frames.window_update(number, 0),
        lambda number: frames.window_update(number, (1 << 31) - 1),
        lambda number: frame(frames.DATA, 0, number, b"a"),
    ],
)
async def test_who_has_the_server_call_off_without_end_is_hung_up_on(fault: object) -> None:
    assert callable(fault)
    peer = Peer()
    peer.greet()
    for place in range(MAX_RESETS + 1):
        number = 2 * place + 1
        peer.feed(peer.ask(number) + fault(number))
    assert await peer.broken_by() is Code.ENHANCE_YOUR_CALM


async def test_who_calls_off_much_over_a_long_time_is_not_hung_up_on() -> None:
    peer = Peer()
    peer.greet()
    for place in range(2 * MAX_RESETS):
        number = 2 * place + 1
        peer.feed(peer.ask(number) + frames.rst_stream(number, Code.CANCEL))
        if not place % 500:
            peer.connection._exchange.look()
    assert not peer.transport.closed


async def test_room_is_counted_from_what_is_set_whenever_that_changes() -> None:
    peer = Peer()
    peer.greet(INITIAL_WINDOW_SIZE=10)
    peer.feed(peer.ask(1))
    peer.requests[0].answer(b"x" * 25)
    peer.feed(frames.settings({Setting.INITIAL_WINDOW_SIZE: 4}))  # 6 are sent too many
    peer.feed(frames.window_update(1, 6))
    sent = b"".join(payload for kind, _, _, payload in await peer.told() if kind == frames.DATA)
    assert len(sent) == 10
    peer.feed(frames.settings({Setting.INITIAL_WINDOW_SIZE: 19}))
    told = await peer.told()
    assert sum(len(payload) for kind, *_, payload in told if kind == frames.DATA) == 15
    assert peer.requests[0].is_closed


async def test_an_answer_that_is_not_taken_is_let_go_of() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(NO_ROOM + peer.ask(1) + peer.ask(3))
    peer.requests[0].answer()
    for _ in range(SLOW_LOOKS + 1):
        assert not peer.requests[0].is_closed
        peer.feed(frames.ping(bytes(8)))
        peer.connection._exchange.look()
    assert peer.requests[0].is_closed
    assert not peer.requests[1].is_closed  # which is still computed
    assert frames.rst_stream(1, Code.CANCEL) in await peer.taken()


async def test_an_answer_that_waits_for_others_to_be_taken_is_kept() -> None:
    peer = Peer()
    peer.greet(INITIAL_WINDOW_SIZE=1 << 30)
    peer.feed(peer.ask(1) + peer.ask(3))
    for request in peer.requests:
        request.answer(bytes(9 * SLOWEST_BYTES))
    for _ in range(SLOW_LOOKS + 2):
        peer.feed(frames.window_update(0, SLOWEST_BYTES))
        await asyncio.sleep(0)
        peer.connection._exchange.look()
    assert not any(request.is_closed for request in peer.requests)


async def test_nothing_is_heard_behind_what_broke_a_connection() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(frames.head(1 << 20, frames.DATA, 0, 1))
    peer.transport.closed = False  # as over TLS, where more may come while it closes
    peer.feed(bytes(1 << 20) + peer.ask(1))
    assert not peer.requests
    peer.transport.closed = True
    assert await peer.broken_by() is Code.FRAME_SIZE_ERROR
