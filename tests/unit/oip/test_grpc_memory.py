"""What clients of gRPC can make a worker hold: bounded, whoever they are and however they send."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest

from inference.http2 import frames
from inference.http2.frames import Code
from inference.oip import grpc_call, grpc_server
from inference.oip.admission import Admission
from inference.oip.grpc_about import REFLECTION
from inference.oip.grpc_messages import prefix
from inference.oip.messages import SERVICE
from tests.unit.http2.peer import Peer, frame
from tests.unit.oip.line import Line, adding, as_bytes

INFER = f"/{SERVICE}/ModelInfer"
STREAM = f"/{SERVICE}/ModelStreamInfer"
REFLECT = f"/{REFLECTION}/ServerReflectionInfo"


class Client(Peer):
    """A client of the server, byte by byte."""

    def __init__(self, line: Line) -> None:
        serve: Any = line.server._serve
        super().__init__(serve)
        self.greet()

    def call(self, number: int, path: str, body: bytes = b"", **more: str) -> None:
        """Begins a call, which is not ended."""
        fields = {":method": "POST", ":path": path, "content-type": "application/grpc", **more}
        block = self.block(tuple(fields.items()))
        self.feed(frame(frames.HEADERS, frames.END_HEADERS, number, block))
        if body:
            self.feed(frame(frames.DATA, 0, number, body))

    async def told_of(self, number: int) -> tuple[int, bytes]:
        """The type and payload of the first frame of a stream, once there is one."""
        while True:
            for kind, _, stream, payload in await self.told():
                if stream == number and kind in {frames.HEADERS, frames.RST_STREAM}:
                    return kind, payload


def packed(data: bytes) -> bytes:
    small = gzip.compress(data)
    return b"\1" + prefix(len(small))[1:] + small


def status(number: int) -> bytes:
    return b"grpc-status" + bytes([len(str(number))]) + str(number).encode()


async def until(fact: Callable[[], bool]) -> None:
    while not fact():  # noqa: ASYNC110  # what is looked at sets no event
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("path", [INFER, STREAM])
async def test_what_unpacks_to_much_is_held_against_the_budget(line: Line, path: str) -> None:
    line.server._bodies = bodies = Admission(1_000_000)
    client = Client(line)
    bomb = packed(bytes(30 << 20))
    client.call(1, path, bomb, **{"grpc-encoding": "gzip", "authorization": "Bearer good"})
    client.feed(frame(frames.DATA, frames.END_STREAM, 1))
    assert status(8) in (await client.told_of(1))[1]
    await until(lambda: bodies._left == 1_000_000)


async def test_many_small_messages_weigh_what_they_take(line: Line) -> None:
    line.server._bodies = bodies = Admission(1_000_000)
    client = Client(line)
    client.call(1, REFLECT)
    client.feed(frame(frames.DATA, 0, 1, (prefix(2) + b"ab") * 1_000))
    assert bodies._left < 1_000_000 - 60_000


async def test_a_second_request_of_a_call_of_one_ends_it(line: Line) -> None:
    client = Client(line)
    client.call(1, INFER, prefix(0) * 2)
    assert status(3) in (await client.told_of(1))[1]


async def test_who_asks_what_is_served_says_little(line: Line) -> None:
    client = Client(line)
    client.call(1, REFLECT, prefix(100_000))
    assert status(8) in (await client.told_of(1))[1]


@pytest.mark.parametrize(
    ("path", "sent", "ended_by"),
    [
        (INFER, b"", 4),
        (INFER, prefix(0), 4),
        (INFER, prefix(9)[:2], 4),
        (STREAM, b"", 16),
        ("/no/such", b"", 12),
    ],
)
async def test_a_call_whose_request_does_not_come_is_ended(
    line: Line, monkeypatch: pytest.MonkeyPatch, path: str, sent: bytes, ended_by: int
) -> None:
    monkeypatch.setattr(grpc_call, "BODY_SECONDS", 0.01)
    client = Client(line)
    client.call(1, path, sent)
    assert status(ended_by) in (await client.told_of(1))[1]
    await until(lambda: not line.server._calls)


async def test_a_stream_of_somebody_known_may_be_silent(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grpc_call, "BODY_SECONDS", 0.01)
    client = Client(line)
    client.call(1, STREAM, authorization="Bearer good")
    (call,) = line.server._calls
    await until(lambda: call._task is not None)
    await asyncio.sleep(0.03)
    client.feed(frame(frames.DATA, frames.END_STREAM, 1, _asking()))
    kind, block = await client.told_of(1)
    assert kind == frames.HEADERS
    assert b"grpc-status" not in block


def _asking() -> bytes:
    data = as_bytes(adding())
    return prefix(len(data)) + data


async def test_a_stream_is_not_slow_that_is_within_another_message_at_each_look(
    line: Line,
) -> None:
    client = Client(line)
    start, rest = prefix(0)[:2], prefix(0)[2:]
    client.call(1, REFLECT, start)
    (call,) = line.server._calls
    for _ in range(4):
        call.look()
        client.feed(frame(frames.DATA, 0, 1, rest + start))
    assert not call._is_answered
    call.look()
    call.look()
    assert call._is_answered


async def test_calls_that_wait_to_be_refused_have_a_bound_too(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grpc_server, "MAX_CALLS", 2)
    client = Client(line)
    for number in range(1, 11, 2):
        client.call(number, "/no/such")
    assert len(line.server._calls) == 4
    refused = frames.rst_stream(9, Code.REFUSED_STREAM)
    assert refused in await client.taken()


async def test_an_answer_that_is_not_taken_is_let_go_of_at_the_deadline(line: Line) -> None:
    client = Client(line)
    client.feed(frames.settings({frames.Setting.INITIAL_WINDOW_SIZE: 0}))
    client.call(1, INFER, _asking(), **{"authorization": "Bearer good", "grpc-timeout": "200m"})
    client.feed(frame(frames.DATA, frames.END_STREAM, 1))
    assert (await client.told_of(1))[0] == frames.HEADERS
    await until(lambda: not line.server._calls)
    assert line.plane.answers._left == Admission()._left
