"""Frames of gRPC's calls in any order, with anything in them: nothing escapes, nothing stays."""

import asyncio
import gc
import random
import warnings
from typing import Any

import pytest

from inference.http2 import frames
from inference.http2.frames import Setting
from inference.oip.admission import Admission
from inference.oip.grpc_about import HEALTH, REFLECTION
from inference.oip.grpc_messages import prefix
from inference.oip.messages import SERVICE
from tests.unit.http2.peer import frame
from tests.unit.oip.line import Line, adding, as_bytes
from tests.unit.oip.test_grpc_memory import INFER, REFLECT, STREAM, Client, packed, until

DATA = as_bytes(adding())
ASKED = prefix(len(DATA)) + DATA
PATHS = [INFER, STREAM, REFLECT, f"/{HEALTH}/Watch", f"/{HEALTH}/Check", f"/{SERVICE}/ServerLive"]
BODIES = [b"", ASKED, ASKED[:9], prefix(0), packed(DATA), packed(b"z") + ASKED, b"\1\0\0\0\1a"]
WINDOWS = [0, 1, 5, 70_000, (1 << 31) - 1]


def call(client: Client, chance: random.Random, number: int) -> None:
    more = {
        "authorization": chance.choice(["Bearer good", "nobody"]),
        "grpc-timeout": chance.choice(["1m", "0n", "99999999H", "soon", "5S"]),
        "grpc-encoding": chance.choice(["gzip", "identity", "br"]),
    }
    client.call(number, chance.choice([*PATHS, "/none"]), chance.choice(BODIES), **more)


async def say_anything(client: Client, chance: random.Random) -> None:
    connection = client.connection
    newest = 2 * len(client.requests) + 1
    number = chance.randrange(max(1, newest - 6), newest, 2) if client.requests else newest
    match chance.randrange(11):
        case 0 | 1 | 2 | 3:
            call(client, chance, newest)
        case 4 | 5:
            flags = chance.choice([0, frames.END_STREAM, frames.PADDED])
            body = chance.choice([*BODIES, chance.randbytes(20)])
            client.feed(frame(frames.DATA, flags, number, body))
        case 6:
            client.feed(frame(frames.RST_STREAM, 0, number, bytes(4)))
        case 7:
            room = chance.choice(WINDOWS)
            settings = frames.settings({Setting.INITIAL_WINDOW_SIZE: room})
            client.feed(chance.choice([settings, frames.window_update(number, room)]))
        case 8:
            kind, flags = chance.randrange(12), chance.randrange(256)
            client.feed(frame(kind, flags, number, chance.randbytes(chance.randrange(20))))
        case 9:
            told = [connection._exchange.look, connection.pause_writing, connection.resume_writing]
            chance.choice(told)()
        case _:
            await asyncio.sleep(0)


@pytest.mark.parametrize("first", range(0, 1500, 300))
async def test_whatever_is_called_in_any_order_is_borne_and_leaves_nothing(
    line: Line, first: int
) -> None:
    escaped: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: escaped.append(told))
    before = asyncio.all_tasks()
    budget = Admission()._left
    for seed in range(first, first + 300):
        chance = random.Random(seed)
        client = Client(line)
        line.engine.released.clear()
        for _ in range(chance.randrange(1, 40)):
            if not client.transport.closed:
                await say_anything(client, chance)
        line.engine.released.set()
        client.connection.connection_lost(None)
    await until(lambda: asyncio.all_tasks() <= before)
    assert not line.server._calls
    assert line.server._bodies._left == line.plane.answers._left == budget
    assert not escaped


async def test_a_stream_that_is_called_off_before_it_begins_is_worth_no_warning(
    line: Line,
) -> None:
    client = Client(line)
    with warnings.catch_warnings(record=True) as told:
        client.call(1, f"/{REFLECTION}/ServerReflectionInfo", prefix(0))
        client.feed(frame(frames.RST_STREAM, 0, 1, bytes(4)))
        await until(lambda: not line.server._calls)
        await asyncio.sleep(0)
        gc.collect()
    assert not told
