"""Clients of gRPC that mean no good: they are refused or hung up on, and others are served on."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import pytest

from inference.oip.admission import ADMITTED_BYTES
from inference.oip.grpc_about import HEALTH, REFLECTION
from inference.oip.grpc_call import MAX_MESSAGE_BYTES, Places
from inference.oip.messages import SERVICE
from tests.unit.oip.http2_frames import (
    CONTINUATION,
    DATA,
    GREETING,
    HEADERS,
    NO_ROOM,
    PING,
    RST_STREAM,
    SETTINGS,
    WINDOW,
    called_off,
    calling,
    frame,
    head,
)
from tests.unit.oip.line import BEARER, Line, adding, answers, as_bytes, empty, framed, status_of

INFER = f"/{SERVICE}/ModelInfer"
STREAM = f"/{SERVICE}/ModelStreamInfer"
LIVE = f"/{SERVICE}/ServerLive"
WATCH = f"/{HEALTH}/Watch"
REFLECT = f"/{REFLECTION}/ServerReflectionInfo"


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        bytes(range(256)) * 400,
        GREETING + bytes(range(256)) * 400,
        GREETING + called_off(LIVE, 5_000),
        GREETING + frame(SETTINGS) * 20_000,
        GREETING + frame(PING, 0, 0, bytes(8)) * 20_000,
        GREETING + frame(HEADERS, 0, 1, head(LIVE)) + frame(CONTINUATION, 0, 1, bytes(900)) * 500,
        GREETING + calling(LIVE, 1) + frame(DATA, 0, 1) * 20_000,
        GREETING + calling("/no/such", 3_000),
        NO_ROOM + calling(LIVE, 900) + frame(DATA, 1, 1, framed(b"")),
        GREETING + frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff") * 9,
        GREETING + calling(INFER, 1, 0x2D)[:-3],
    ],
)
async def test_whatever_a_client_says_others_are_served(line: Line, said: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", line.port)
    writer.write(said)
    for _ in range(3):
        assert (await line.call("ServerLive", empty("ServerLive"), timeout=30)).live
        await asyncio.sleep(0.01)
    writer.close()
    assert await line.call("ModelInfer", adding(), timeout=30)


@pytest.mark.parametrize("seed", range(20))
async def test_frames_of_any_kind_leave_nothing_behind(line: Line, seed: int) -> None:
    chance = random.Random(seed)
    body = framed(as_bytes(adding()))
    said = bytearray(chance.choice([GREETING, NO_ROOM]))
    newest = 1
    for _ in range(200):
        stream = chance.randrange(1, newest + 2, 2)
        match chance.randrange(6):
            case 0 | 1:
                path = chance.choice([INFER, STREAM, LIVE, WATCH, REFLECT, "/no/such"])
                more = {"authorization": chance.choice(["Bearer good", "nobody"])}
                said += frame(HEADERS, 4, newest, head(path, **more))
                newest += 2
            case 2 | 3:
                said += frame(DATA, chance.choice([0, 1]), stream, chance.choice([body, b"", b"a"]))
            case 4:
                said += frame(RST_STREAM, 0, stream, bytes(4))
            case _:
                said += chance.choice([b"", frame(PING, 0, 0, bytes(8)), frame(SETTINGS)])
    _, writer = await asyncio.open_connection("127.0.0.1", line.port)
    writer.write(said + chance.choice([b"", chance.randbytes(20)]))
    await writer.drain()
    assert await line.call("ModelInfer", adding(), timeout=30)
    writer.close()
    await line.server._service.until_idle()
    await until(lambda: line.server._bodies._left == line.plane.answers._left == ADMITTED_BYTES)


@pytest.mark.parametrize("path", [INFER, STREAM])
async def test_what_unpacks_to_much_is_held_against_the_budget(line: Line, path: str) -> None:
    line.server._bodies._left = 1_000_000
    # The library would unpack it whole, and refuse it by its size.
    large, gzip = bytes(MAX_MESSAGE_BYTES + 1), grpc.Compression.Gzip
    code, details = await status_of(once(line, path, large, BEARER, compression=gzip))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details == "The server has too many requests that are this large: try again."
    await until(lambda: line.server._bodies._left == 1_000_000)


async def test_who_asks_what_is_served_says_little(line: Line) -> None:
    code, _ = await status_of(once(line, REFLECT, bytes(100_000)))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_whom_nobody_knows_is_refused_before_the_request_comes(line: Line) -> None:
    code, _ = await status_of(silent(line, INFER))
    assert code is grpc.StatusCode.UNAUTHENTICATED


async def test_a_request_that_does_not_come_is_not_waited_for(line: Line) -> None:
    line.server._service._known._seconds = 0.05
    code, _ = await status_of(silent(line, INFER, BEARER))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    stream = line.stream(silence())
    await line.call("ModelInfer", adding())
    assert not stream.done()
    stream.cancel()


async def test_a_strangers_request_that_does_not_come_gives_way_to_one_that_does(
    line: Line,
) -> None:
    strangers: Any = line.server._service._anybody
    strangers._at_once = 2
    waiting = {asyncio.create_task(status_of(silent(line, LIVE))) for _ in range(2)}
    await until(lambda: len(strangers._reading) == 2)
    assert (await line.call("ServerLive", empty("ServerLive"), ())).live
    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert [one.result()[0] for one in done] == [grpc.StatusCode.DEADLINE_EXCEEDED]
    assert len(strangers._reading) == 1


async def test_a_strangers_request_whose_time_is_over_gives_way_too(line: Line) -> None:
    strangers: Any = line.server._service._anybody
    strangers._at_once, strangers._seconds = 1, 0.0
    for _ in range(20):
        waiting = [asyncio.create_task(status_of(silent(line, LIVE))) for _ in range(5)]
        told = {code for code, _ in await asyncio.gather(*waiting)}
        assert told == {grpc.StatusCode.DEADLINE_EXCEEDED}


async def test_as_many_strangers_as_there_are_places_are_all_answered(line: Line) -> None:
    strangers: Any = line.server._service._anybody

    async def asks() -> None:
        for _ in range(12):
            assert (await line.call("ServerLive", empty("ServerLive"), ())).live

    await asyncio.gather(*(asks() for _ in range(strangers._at_once)))


async def test_streams_and_watchers_have_bounds(line: Line) -> None:
    line.server._service._streams = Places(1, "streams")
    line.server._health._watchers = Places(1, "watchers")
    watching: Any = line.channel.unary_stream(WATCH, None, None)
    running = [line.stream(silence()), watching(b"")]
    await until(lambda: not line.server._service._streams._left)
    await until(lambda: not line.server._health._watchers._left)
    for one in (once(line, STREAM, as_bytes(adding()), BEARER), once(line, WATCH, b"")):
        assert (await status_of(one))[0] is grpc.StatusCode.RESOURCE_EXHAUSTED
    for call in running:
        call.cancel()
    await until(lambda: bool(line.server._service._streams._left))
    await until(lambda: bool(line.server._health._watchers._left))


async def test_an_answer_that_is_not_taken_is_let_go_of_at_the_deadline(line: Line) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", line.port)
    more = {"authorization": "Bearer good", "grpc-timeout": "300m"}
    asked = frame(DATA, 1, 1, framed(as_bytes(adding())))
    writer.write(NO_ROOM + frame(HEADERS, 4, 1, head(INFER, **more)) + asked)
    await until(lambda: line.plane.answers._left < ADMITTED_BYTES)
    await until(lambda: line.plane.answers._left == ADMITTED_BYTES)
    writer.close()


async def test_a_stream_that_goes_on_with_nonsense_leaves_nothing_running(line: Line) -> None:
    async def said() -> AsyncIterator[bytes]:
        yield as_bytes(adding())
        await line.engine.runs(1)
        yield b"\xff\xff"
        await asyncio.get_running_loop().create_future()

    code, _ = await status_of(answers(line.stream(said())))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    await line.server._service.until_idle()


async def silence() -> AsyncIterator[bytes]:
    """Requests that do not come."""
    await asyncio.get_running_loop().create_future()
    yield b""


def silent(line: Line, path: str, metadata: Any = ()) -> Any:
    """A call of one request that does not come."""
    send: Any = line.channel.stream_unary(path, None, None)
    return send(silence(), metadata=metadata)


async def once(line: Line, path: str, request: bytes, metadata: Any = (), **more: Any) -> None:
    """One request, and all that it is answered by."""
    send: Any = line.channel.unary_stream(path, None, None)
    await answers(send(request, metadata=metadata, **more))


async def until(fact: Callable[[], bool]) -> None:
    while not fact():  # noqa: ASYNC110  # what is looked at sets no event
        await asyncio.sleep(0.001)
