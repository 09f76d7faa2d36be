"""Requests: heard once however their bytes come, and answered as there is room."""

import asyncio
import struct
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest

from inference.http2 import connection as connection_module
from inference.http2 import frames
from inference.http2.exchange import MAX_STREAMS
from inference.http2.frames import Code
from inference.http2.stream import WINDOW_BYTES
from tests.unit.http2.peer import ASKING, HEAD, OK, Heard, Peer, frame


@pytest.mark.parametrize("size", [1, 2, 7, 9, 64, 1000, 1 << 20])
async def test_a_request_is_heard_however_it_is_cut_on_its_way(size: int) -> None:
    peer = Peer()
    asked = peer.ask(1, b"a" * 3000) + peer.ask(3)
    peer.feed(frames.PREFACE + frames.settings({}) + asked, size)
    first, second = peer.requests
    assert first.fields == second.fields == ASKING
    assert (bytes(first.body), first.is_ended) == (b"a" * 3000, True)
    assert (bytes(second.body), second.is_ended) == (b"", True)


async def test_a_client_of_another_making_is_understood_and_understands() -> None:
    peer = Peer()
    client = h2.connection.H2Connection(
        h2.config.H2Configuration(client_side=True, header_encoding="ascii")
    )
    client.initiate_connection()
    body, answer = bytes(range(256)) * 200, bytes(range(255)) * 300
    got, ended, is_answered, status = bytearray(), False, False, ""
    client.send_headers(1, [(":authority", "a"), *ASKING])
    left = memoryview(body)
    while not ended:
        while left and (room := min(client.local_flow_control_window(1), 16_384)):
            client.send_data(1, bytes(left[:room]), end_stream=len(left) <= room)
            left = left[room:]
        peer.feed(client.data_to_send())
        if peer.requests and peer.requests[0].is_ended and not is_answered:
            is_answered = True
            peer.requests[0].answer(answer)
        for event in client.receive_data(await peer.taken()):
            match event:
                case h2.events.ResponseReceived():
                    status = str(dict[Any, Any](event.headers)[":status"])
                case h2.events.DataReceived():
                    got += event.data
                    client.acknowledge_received_data(event.flow_controlled_length, 1)
                case h2.events.StreamEnded():
                    ended = True
                case _:
                    pass
    assert bytes(peer.requests[0].body) == body
    assert (status, bytes(got)) == ("200", answer)


async def test_an_answer_is_head_data_and_trailers() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1))
    await peer.told()
    peer.requests[0].answer()
    assert await peer.told() == [
        (frames.HEADERS, frames.END_HEADERS, 1, HEAD),
        (frames.DATA, 0, 1, b"hello"),
        (frames.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1, OK),
    ]
    assert peer.requests[0].is_closed


async def test_an_answer_that_does_not_wait_for_the_request_ends_that() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1, b"a", ends=False))
    peer.requests[0].answer()
    *_, (kind, _, number, payload) = await peer.told()
    assert (kind, number, payload) == (frames.RST_STREAM, 1, struct.pack(">I", Code.NO_ERROR))
    peer.feed(frame(frames.DATA, frames.END_STREAM, 1, b"late") + peer.ask(3))
    assert bytes(peer.requests[0].body) == b"a"
    assert not peer.transport.closed


async def test_a_head_in_pieces_and_padded_frames_are_read() -> None:
    peer = Peer()
    peer.greet()
    block = peer.block()
    priority = b"\0\0\0\0\7"
    padded = bytes([3]) + priority + block[:5] + bytes(3)
    peer.feed(
        frame(frames.HEADERS, frames.PADDED | frames.PRIORITIZED, 1, padded)
        + frame(frames.CONTINUATION, 0, 1, block[5:7])
        + frame(frames.CONTINUATION, frames.END_HEADERS, 1, block[7:])
        + frame(frames.DATA, frames.PADDED | frames.END_STREAM, 1, b"\2ab\0\0")
    )
    assert peer.requests[0].fields == ASKING
    assert (bytes(peer.requests[0].body), peer.requests[0].is_ended) == (b"ab", True)


async def test_trailers_of_a_request_end_it() -> None:
    peer = Peer()
    peer.greet()
    flags = frames.END_HEADERS | frames.END_STREAM
    peer.feed(peer.ask(1, b"a", ends=False) + frame(frames.HEADERS, flags, 1, peer.block()))
    assert peer.requests[0].is_ended
    assert len(peer.requests) == 1


async def test_an_answer_waits_until_its_client_has_room() -> None:
    peer = Peer()
    peer.greet(INITIAL_WINDOW_SIZE=10)
    peer.feed(peer.ask(1))
    await peer.told()
    peer.requests[0].answer(b"0123456789abcdef")
    assert [one[3] for one in await peer.told() if one[0] == frames.DATA] == [b"0123456789"]
    assert not peer.requests[0].is_closed
    peer.feed(frames.window_update(1, 3))
    assert [one[3] for one in await peer.told()] == [b"abc"]
    # A window that shrinks below what was sent opens when it is above zero again.
    peer.feed(frames.settings({frames.Setting.INITIAL_WINDOW_SIZE: 8}))
    peer.feed(frames.window_update(1, 2))
    assert [one[0] for one in await peer.told()] == [frames.SETTINGS]
    peer.feed(frames.window_update(1, 100))
    assert [one[3] for one in await peer.told()] == [b"def", OK]
    assert peer.requests[0].is_closed


async def test_streams_share_the_room_of_their_connection() -> None:
    peer = Peer()
    peer.greet(INITIAL_WINDOW_SIZE=1 << 20)
    peer.feed(peer.ask(1) + peer.ask(3))
    for request in peer.requests:
        request.answer(bytes(40_000))
    sent = [len(one[3]) for one in await peer.told() if one[0] == frames.DATA]
    assert sum(sent) == 65_535
    assert max(sent) == 1 << 14
    peer.feed(frames.window_update(0, 1 << 20))
    sent = [len(one[3]) for one in await peer.told() if one[0] == frames.DATA]
    assert sum(sent) == 80_000 - 65_535


async def test_a_client_that_takes_nothing_is_sent_and_read_no_more() -> None:
    peer = Peer()
    peer.greet(INITIAL_WINDOW_SIZE=1 << 20)
    peer.feed(frames.window_update(0, 1 << 20) + peer.ask(1))
    await peer.told()
    peer.connection.pause_writing()
    assert not peer.transport.is_read
    peer.requests[0].answer()
    assert frames.DATA not in [one[0] for one in await peer.told()]
    peer.connection.resume_writing()
    assert peer.transport.is_read
    assert frames.DATA in [one[0] for one in await peer.told()]


async def test_who_has_written_waits_until_it_is_on_its_way() -> None:
    peer = Peer()
    peer.greet(INITIAL_WINDOW_SIZE=1)
    peer.feed(peer.ask(1))
    stream = peer.requests[0].stream
    stream.begin(HEAD)
    stream.write(b"ab")
    waiting = asyncio.create_task(stream.drained())
    await peer.told()
    assert not waiting.done()
    peer.feed(frames.window_update(1, 1))
    await waiting
    stream.write(b"c")
    waiting = asyncio.create_task(stream.drained())
    await peer.told()
    peer.feed(frames.rst_stream(1, Code.CANCEL))
    await waiting


async def test_a_large_body_is_given_room_as_it_is_consumed() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1, ends=False))
    await peer.told()
    granted = {0: 0, 1: 0}
    sent = 0
    while sent < 20 * WINDOW_BYTES:
        peer.feed(frame(frames.DATA, 0, 1, bytes(1 << 16)))
        sent += 1 << 16
        for kind, _, number, payload in await peer.told():
            assert kind == frames.WINDOW_UPDATE
            granted[number] += struct.unpack(">I", payload)[0]
    assert not peer.transport.closed
    assert granted[1] >= sent - WINDOW_BYTES
    assert granted[0] >= sent - (16 << 20)


async def test_a_body_that_nobody_consumes_is_given_no_room() -> None:
    class Reluctant(Heard):
        def data_received(self, data: memoryview) -> None:
            pass

    peer = Peer(Reluctant)
    peer.greet()
    peer.feed(peer.ask(1, ends=False))
    for _ in range(WINDOW_BYTES >> 16):
        peer.feed(frame(frames.DATA, 0, 1, bytes(1 << 16)))
    assert not [one for one in await peer.told() if one[:3] == (frames.WINDOW_UPDATE, 0, 1)]
    peer.feed(frame(frames.DATA, 0, 1, b"a"))
    assert await peer.broken_by() is Code.FLOW_CONTROL_ERROR
    assert peer.requests[0].is_closed


async def test_a_request_that_is_called_off_is_let_go() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1) + frames.rst_stream(1, Code.CANCEL))
    assert peer.requests[0].is_closed
    await peer.told()
    peer.requests[0].stream.finish(OK)
    assert await peer.told() == []


async def test_a_client_that_has_gone_leaves_no_request() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1) + peer.ask(3, b"a", ends=False))
    peer.connection.connection_lost(None)
    assert all(request.is_closed for request in peer.requests)
    assert peer.gone == [peer.connection]


async def test_more_requests_than_are_taken_at_once_are_refused() -> None:
    peer = Peer()
    peer.greet()
    for place in range(MAX_STREAMS + 1):
        peer.feed(peer.ask(2 * place + 1))
    refused = [one for one in await peer.told() if one[0] == frames.RST_STREAM]
    assert refused == [
        (frames.RST_STREAM, 0, 2 * MAX_STREAMS + 1, struct.pack(">I", Code.REFUSED_STREAM))
    ]
    peer.requests[0].answer()
    peer.feed(peer.ask(2 * MAX_STREAMS + 3))
    assert len(peer.requests) == MAX_STREAMS + 1


async def test_a_connection_that_leaves_answers_what_it_has_and_takes_no_more() -> None:
    peer = Peer()
    peer.greet()
    peer.feed(peer.ask(1))
    peer.connection.leave()
    peer.feed(peer.ask(3))
    told = await peer.told()
    assert (frames.GOAWAY, 0, 0, struct.pack(">II", 1, Code.NO_ERROR)) in told
    assert (frames.RST_STREAM, 0, 3, struct.pack(">I", Code.REFUSED_STREAM)) in told
    assert not peer.transport.closed
    peer.requests[0].answer()
    assert peer.transport.closed
    assert frames.DATA in [one[0] for one in await peer.told()]


async def test_a_ping_and_settings_are_answered() -> None:
    peer = Peer()
    peer.greet()
    await peer.told()
    peer.feed(frames.ping(b"12345678") + frames.settings({}) + frames.ping(b"87654321", frames.ACK))
    assert await peer.told() == [
        (frames.PING, frames.ACK, 0, b"12345678"),
        (frames.SETTINGS, frames.ACK, 0, b""),
    ]


async def test_who_is_silent_is_asked_for_a_sign_and_then_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection_module, "LOOK_SECONDS", 0.001)
    peer = Peer()
    peer.greet()
    pinged = False
    while not peer.transport.closed:
        told = await peer.told()
        pinged = pinged or frames.PING in [one[0] for one in told]
        await asyncio.sleep(0.001)
    assert pinged


async def test_who_gives_signs_is_not_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "LOOK_SECONDS", 0.001)
    peer = Peer()
    peer.greet()
    pings = 0
    while pings < 20:
        for kind, _, _, payload in await peer.told():
            if kind == frames.PING:
                pings += 1
                peer.feed(frames.ping(payload, frames.ACK))
        assert not peer.transport.closed
        await asyncio.sleep(0.0005)
