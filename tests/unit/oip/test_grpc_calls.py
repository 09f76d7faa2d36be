"""Calls over gRPC: who may make them, how errors travel, what is refused unread."""

import asyncio
from typing import Any

import grpc
import pytest

from inference.engine.types import Job, Outcome
from inference.oip.errors import ProtocolError, Status
from inference.oip.grpc_call import address_of
from inference.oip.grpc_status import retry_after_of
from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.messages import SERVICE
from tests.unit.oip.bench import Counted, asking
from tests.unit.oip.line import BEARER, Line, adding, answers, as_bytes, empty, status_of

NEEDS_NOBODY = ("ServerLive", "ServerReady", "ServerMetadata")
NEEDS_SOMEBODY = (
    "ModelReady",
    "ModelMetadata",
    "ModelConfig",
    "ModelStatistics",
    "RepositoryIndex",
    "RepositoryModelLoad",
    "RepositoryModelUnload",
    "ModelInfer",
)


@pytest.mark.parametrize("name", NEEDS_NOBODY)
async def test_anybody_may_ask_for_the_server(line: Line, name: str) -> None:
    await line.call(name, empty(name), metadata=())


@pytest.mark.parametrize("name", NEEDS_SOMEBODY)
@pytest.mark.parametrize(
    "metadata",
    [
        (),
        (("authorization", ""),),
        (("authorization", "good"),),
        (("authorization", "Basic good"),),
        (("authorization", "Bearer bad"),),
        (("authorization-bin", b"Bearer good"),),
    ],
)
async def test_everything_else_needs_a_token(line: Line, name: str, metadata: Any) -> None:
    code, _ = await status_of(line.call(name, empty(name), metadata=metadata))
    assert code is grpc.StatusCode.UNAUTHENTICATED


async def test_the_scheme_is_read_in_any_case(line: Line) -> None:
    await line.call(
        "RepositoryIndex", empty("RepositoryIndex"), (("authorization", "bearer good"),)
    )


@pytest.mark.parametrize("status", list(Status))
async def test_each_status_has_its_code(line: Line, status: Status) -> None:
    def script(job: Job) -> Outcome:
        raise ProtocolError(status, "So it ended.")

    line.engine.script = script
    code, details = await status_of(line.call("ModelInfer", adding()))
    assert (code.name, details) == (status.name, "So it ended.")


async def test_a_refusal_says_when_another_try_makes_sense(line: Line) -> None:
    def script(job: Job) -> Outcome:
        raise ProtocolError(Status.RESOURCE_EXHAUSTED, "Too many.", retry_after=17)

    line.engine.script = script
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await line.call("ModelInfer", adding())
    told: Any = raised.value.trailing_metadata()
    assert told["grpc-retry-pushback-ms"] == "17000"
    assert retry_after_of(told) == 17


@pytest.mark.parametrize("odd", ["", "-1", "soon", "\u00b2", b"5"])
def test_a_pushback_that_is_no_time_is_none(odd: Any) -> None:
    assert retry_after_of((("grpc-retry-pushback-ms", odd),)) is None


async def test_who_calls_is_asked_for_with_their_address(line: Line) -> None:
    for name in ("ModelReady", "ModelInfer"):
        await status_of(line.call(name, empty(name), metadata=()))
    await status_of(answers(line.stream(iter([]), metadata=())))
    assert line.addresses == ["127.0.0.1"] * 3


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:192.0.2.1:5000", "192.0.2.1"),
        ("ipv6:%5B2001:db8::1%5D:5000", "2001:db8::1"),
        ("ipv6:[::1]:5000", "::1"),
        ("unix:", None),
        ("", None),
    ],
)
def test_an_address_is_told_from_its_port(peer: str, address: str | None) -> None:
    assert address_of(peer) == address


async def test_a_defect_is_logged_and_not_told(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    def script(job: Job) -> Outcome:
        raise LookupError("a secret of the house")

    line.engine.script = script
    code, details = await status_of(line.call("ModelInfer", adding()))
    assert (code, details) == (
        grpc.StatusCode.INTERNAL,
        "The server failed on this request.",
    )
    assert "a secret of the house" in caplog.text
    assert "good" not in caplog.text


@pytest.mark.parametrize("name", NEEDS_SOMEBODY)
async def test_nothing_is_parsed_for_whom_nobody_knows(line: Line, name: str) -> None:
    code, _ = await status_of(line.call(name, b"\xff\xff\xff", metadata=()))
    assert code is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("body", [b"\xff\xff\xff", b"\xff\xfe\xfd\0\1", as_bytes(adding())[:-3]])
async def test_a_request_that_is_no_message_is_an_invalid_argument(line: Line, body: bytes) -> None:
    for name in (*NEEDS_NOBODY, *NEEDS_SOMEBODY):
        code, details = await status_of(line.call(name, body))
        assert code is grpc.StatusCode.INVALID_ARGUMENT, name
        assert details == "The request is not a message of this call."


@pytest.mark.parametrize("name", ["SystemSharedMemoryStatus", "TraceSetting", "LogSettings", "Fly"])
async def test_what_is_not_served_is_unimplemented(line: Line, name: str) -> None:
    send = line.channel.unary_unary(f"/{SERVICE}/{name}", as_bytes, bytes)
    code, _ = await status_of(send(b"", metadata=BEARER))
    assert code is grpc.StatusCode.UNIMPLEMENTED


async def test_a_long_message_does_not_break_the_headers(line: Line) -> None:
    code, details = await status_of(line.call("ModelInfer", asking("ü" * 1_000_000)))
    assert code is grpc.StatusCode.NOT_FOUND
    assert len(details) <= 500


async def test_a_request_above_the_limit_is_refused_unread(line: Line) -> None:
    code, _ = await status_of(line.call("ModelInfer", bytes(MAX_REQUEST_BYTES + (2 << 20))))
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
    await line.call("ModelInfer", adding())


async def test_a_small_message_that_unpacks_to_a_large_one_is_refused(line: Line) -> None:
    code, _ = await status_of(
        line.call(
            "ModelInfer", bytes(MAX_REQUEST_BYTES + (2 << 20)), compression=grpc.Compression.Gzip
        )
    )
    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_call_that_is_canceled_calls_its_job_off(line: Line) -> None:
    line.engine.released.clear()
    running = asyncio.ensure_future(line.call("ModelInfer", adding()))
    await line.engine.runs(1)
    running.cancel()
    await line.engine.calls_off(1)


async def test_a_call_beyond_its_deadline_calls_its_job_off(line: Line) -> None:
    line.engine.released.clear()
    code, _ = await status_of(line.call("ModelInfer", adding(), timeout=0.2))
    assert code is grpc.StatusCode.DEADLINE_EXCEEDED
    await line.engine.calls_off(1)


async def test_a_web_server_that_forwards_is_counted_as_its_own_protocol(line: Line) -> None:
    for metadata in ((), (("darkroom-protocol", "rest"),), (("darkroom-protocol", "moon"),)):
        await line.call("ModelInfer", adding(), (*BEARER, *metadata))
    assert isinstance(line.meter, Counted)
    assert [use[3] for use in line.meter.used] == ["grpc", "rest", "grpc"]
