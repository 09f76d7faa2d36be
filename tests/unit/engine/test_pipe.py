"""The socket between a worker and a child: whole messages, few writes, bounded memory."""

import asyncio
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.engine import wire
from inference.engine.child import outbox
from inference.engine.pipe import MAX_WAITING_BYTES, Pipe
from tests.unit.engine.brightness import Brightness, Child, image, tensors

LIMIT = 1 << 20


class Transport(asyncio.Transport):
    """Notes what is written, and whether it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_read = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if data:
            self.written.append(bytes(data))

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


def connected() -> tuple[Pipe, Transport]:
    pipe, transport = Pipe(), Transport()
    pipe.connection_made(transport)
    return pipe, transport


def packed(*messages: Any) -> bytes:
    return b"".join(wire.pack(message, LIMIT) for message in messages)


def unpacked(data: bytes) -> list[Any]:
    stream, messages = io.BytesIO(data), []
    while stream.tell() < len(data):
        messages.append(wire.read(stream))
    return messages


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 1000])
async def test_messages_are_whole_however_they_are_cut_on_their_way(size: int) -> None:
    pipe, _ = connected()
    said = [{"type": "a", "data": bytes(number)} for number in (0, 1, 30, 200)]
    data = packed(*said)
    for start in range(0, len(data), size):
        pipe.data_received(data[start : start + size])
    assert [await pipe.receive() for _ in said] == said


async def test_who_waits_for_a_message_goes_on_when_it_has_come() -> None:
    pipe, _ = connected()
    waiting = asyncio.create_task(pipe.receive())
    await asyncio.sleep(0)
    pipe.data_received(packed({"type": "a"}))
    assert await waiting == {"type": "a"}


async def test_what_came_before_a_child_hung_up_or_said_nonsense_is_still_heard() -> None:
    for nonsense in (b"", b"\xff" * 8):
        pipe, _ = connected()
        pipe.data_received(packed({"type": "a"}))
        if nonsense:
            pipe.data_received(nonsense)
        else:
            pipe.eof_received()
        assert pipe.is_open
        assert await pipe.receive() == {"type": "a"}
        assert not pipe.is_open
        with pytest.raises((EOFError, wire.WireError)):
            await pipe.receive()


async def test_a_child_that_says_more_than_is_heard_is_not_listened_to() -> None:
    pipe, transport = connected()
    some = {"type": "a", "data": bytes(MAX_WAITING_BYTES // 2)}
    count = 0
    while transport.is_read:
        pipe.data_received(packed(some))
        count += 1
    assert count == 2
    await pipe.receive()
    assert transport.is_read


async def test_a_batch_goes_out_in_one_write() -> None:
    pipe, transport = connected()
    jobs = [{"serial": number} for number in range(20)]
    for job in jobs:
        pipe.hold(job, LIMIT)
    assert not transport.written
    pipe.send({"type": "compute"}, LIMIT)
    (written,) = transport.written
    assert unpacked(written) == [*jobs, {"type": "compute"}]


async def test_a_large_message_goes_out_in_its_place_without_being_copied_to_others() -> None:
    pipe, transport = connected()
    said: list[dict[str, Any]] = [{"a": 1}, {"b": bytes(100_000)}, {"c": 2}]
    for message in said[:-1]:
        pipe.hold(message, LIMIT)
    pipe.send(said[-1], LIMIT)
    assert len(transport.written) == 3
    assert unpacked(b"".join(transport.written)) == said


async def test_a_message_that_is_too_large_leaves_the_others_as_they_were() -> None:
    pipe, transport = connected()
    pipe.hold({"a": 1}, LIMIT)
    with pytest.raises(wire.WireError):
        pipe.hold({"b": bytes(LIMIT)}, LIMIT)
    pipe.send({"c": 2}, LIMIT)
    assert unpacked(b"".join(transport.written)) == [{"a": 1}, {"c": 2}]


def writes(child: Child, items: Sequence[Any]) -> list[list[str]]:
    """What the child says to a batch, write by write: the types of the messages."""
    child.answers(*items)
    said = [unpacked(data) for data in child.written]
    return [[one.get("phase", one["type"]) for one in write] for write in said]


def test_a_batch_of_tensors_is_answered_in_two_writes() -> None:
    assert writes(Child(Brightness()), [tensors(number, [10]) for number in range(5)]) == [
        ["decode", "compute"],
        ["computed"] * 5 + ["batch_done"],
    ]


def test_a_batch_of_photos_is_answered_in_two_writes_thumbnails_before_it_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MAX_HELD_SECONDS", math.inf)
    source = tmp_path / "a.png"
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(source)
    items = [image(number, str(source)) for number in (1, 2)]
    for item in items:
        item["thumbnail"] = str(tmp_path / f"{item['serial']}.jpg")
    assert writes(Child(Brightness()), items) == [
        [*["read", "decode", "store", "thumbnail"] * 2, "progress", "progress", "compute"],
        ["encode", "succeeded", "encode", "succeeded", "batch_done"],
    ]
