"""A worker's own endpoints, and what its commands come to."""

import socket
from typing import Any

import grpc
import pytest

from consumers import control
from consumers.control import CommandFailed, LoadFailed, NoWorkers, Unfinished
from consumers.oip.commands import CLIENT, Commands
from consumers.oip.endpoint import Address, open_endpoint
from inference.oip.errors import ProtocolError, Status
from inference.oip.grpc_server import AddressUnavailable
from inference.oip.messages import SERVICE, message
from tests.unit.oip.bench import Commanded, Counted, FakeEngine
from uploads.errors import ModelNotFound
from uploads.events import Actor


async def opened(host: str = "127.0.0.1", port: int = 0) -> Any:
    return await open_endpoint(FakeEngine(), Commanded(), Counted(), grpc=Address(host, port))


async def is_live(address: str) -> bool:
    async with grpc.aio.insecure_channel(address) as channel:
        live = channel.unary_unary(
            f"/{SERVICE}/ServerLive",
            lambda request: request.SerializeToString(),
            message("ServerLiveResponse").FromString,
        )
        answer: Any = await live(message("ServerLiveRequest")(), wait_for_ready=True)
        return bool(answer.live)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_open_endpoint_tells_where_it_is(host: str) -> None:
    endpoint = await opened(host)
    assert endpoint.grpc_address.startswith(f"{host}:")
    assert await is_live(endpoint.grpc_address)
    await endpoint.close(0)


async def test_an_endpoint_on_every_address_is_reached_by_this_machines_name() -> None:
    endpoint = await opened("0.0.0.0")
    name, _, _ = endpoint.grpc_address.rpartition(":")
    assert name in {socket.gethostname(), "127.0.0.1"}
    assert await is_live(endpoint.grpc_address)
    await endpoint.close(0)


async def test_a_host_that_is_not_this_machine_is_told_in_one_sentence() -> None:
    with pytest.raises(AddressUnavailable, match=r"^gRPC cannot listen on 192\.0\.2\.1:0: .+\.$"):
        await opened("192.0.2.1")


async def test_a_closed_endpoint_gives_its_port_back() -> None:
    endpoint = await opened()
    port = int(endpoint.grpc_address.rpartition(":")[2])
    await endpoint.close(5)
    again = await opened(port=port)
    await again.close(0)


async def test_commands_go_to_every_worker_in_the_callers_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commanded = []

    async def load(name: str, actor: Actor) -> None:
        commanded.append(("load", name, actor))

    async def unload(name: str, actor: Actor) -> None:
        commanded.append(("unload", name, actor))

    monkeypatch.setattr(control, "load", load)
    monkeypatch.setattr(control, "unload", unload)
    await Commands().load("ocr", 7)
    await Commands().unload("ocr", 7)
    actor = Actor(id=7, client=CLIENT)
    assert commanded == [("load", "ocr", actor), ("unload", "ocr", actor)]


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (ModelNotFound("There is no model named 'x'."), Status.NOT_FOUND),
        (LoadFailed("model.toml: not TOML."), Status.INVALID_ARGUMENT),
        (NoWorkers("No worker runs now."), Status.UNAVAILABLE),
        (Unfinished("Not every worker was done."), Status.DEADLINE_EXCEEDED),
    ],
)
async def test_a_command_that_fails_has_its_status(
    failure: ModelNotFound | CommandFailed, status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(name: str, actor: Actor) -> None:
        raise failure

    monkeypatch.setattr(control, "load", fail)
    monkeypatch.setattr(control, "unload", fail)
    for command in (Commands().load, Commands().unload):
        with pytest.raises(ProtocolError) as raised:
            await command("x", 7)
        assert (raised.value.status, raised.value.message) == (status, failure.message)
