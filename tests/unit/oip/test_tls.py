"""A worker's ports with TLS: who gets in, who is believed, and files that are replaced."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from consumers.oip.endpoint import Address, Endpoint, open_endpoint
from consumers.oip.worker_channel import Outgoing, Unreachable, WorkerChannel
from inference.oip.access import Caller
from inference.oip.messages import message
from inference.oip.tls import ClientTls, ServerTls, flaw
from tests.certificates import Authority, Pair
from tests.unit.oip.bench import Commanded, Counted, FakeEngine

READY = Outgoing(method="ServerReady", payload=message("ServerReadyRequest")().SerializeToString())

Serve = Callable[..., Awaitable[Endpoint]]


async def anybody(token: str, address: str | None) -> Caller:
    return Caller(user_id=1, may_manage=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def pair(authority: Authority) -> Pair:
    return authority.sign("worker")


@pytest_asyncio.fixture
async def serve(pair: Pair) -> AsyncIterator[Serve]:
    """Opens a worker's ports with TLS."""
    opened: list[Endpoint] = []

    async def serve(tls: ServerTls | None = None) -> Endpoint:
        here = Address("127.0.0.1", 0)
        endpoint = await open_endpoint(
            FakeEngine(),
            Commanded(),
            Counted(),
            grpc=here,
            http=here,
            tls=tls or ServerTls(pair.certificate, pair.key),
            authenticate=anybody,
        )
        opened.append(endpoint)
        return endpoint

    yield serve
    for endpoint in opened:
        await endpoint.close(0)


async def is_ready(endpoint: Endpoint, tls: ClientTls | None) -> bool:
    """Whether the web reaches the worker."""
    channel = WorkerChannel(endpoint.grpc_address, tls)
    try:
        answer = await channel.send(READY, 10)
    except Unreachable:
        return False
    finally:
        await channel.close()
    return bool(message("ServerReadyResponse").FromString(answer).ready)


async def is_live(endpoint: Endpoint, context: ssl.SSLContext) -> bool:
    """Whether a client of HTTP reaches it."""
    async with httpx.AsyncClient(verify=context) as client:
        try:
            answer = await client.get(f"https://{endpoint.http_address}/v2/health/live")
        except httpx.TransportError:
            return False
    return answer.status_code == 200


def believing(authority: Authority, shown: Pair | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.certificate)
    if shown:
        context.load_cert_chain(shown.certificate, shown.key)
    return context


async def test_the_web_and_clients_of_http_reach_a_worker_whose_authority_they_believe(
    serve: Serve, authority: Authority
) -> None:
    endpoint = await serve()
    assert await is_ready(endpoint, ClientTls(authority.certificate))
    assert await is_live(endpoint, believing(authority))


@pytest.mark.parametrize("trouble", ["wrong authority", "expired", "another host", "no TLS"])
async def test_a_worker_that_cannot_be_believed_is_sent_nothing(
    serve: Serve, authority: Authority, tmp_path: Path, trouble: str
) -> None:
    host = "elsewhere.example" if trouble == "another host" else "127.0.0.1"
    pair = authority.sign("worker", host, expired=trouble == "expired")
    believed = Authority(tmp_path, "other") if trouble == "wrong authority" else authority
    endpoint = await serve(ServerTls(pair.certificate, pair.key))
    tls = None if trouble == "no TLS" else ClientTls(believed.certificate)
    assert not await is_ready(endpoint, tls)
    if tls:
        assert not await is_live(endpoint, believing(believed))


async def test_one_name_may_stand_in_the_certificates_of_all_workers(
    serve: Serve, authority: Authority
) -> None:
    pair = authority.sign("workers", "workers.internal")
    endpoint = await serve(ServerTls(pair.certificate, pair.key))
    assert not await is_ready(endpoint, ClientTls(authority.certificate))
    assert await is_ready(endpoint, ClientTls(authority.certificate, name="workers.internal"))


@pytest.mark.parametrize("shown", ["of the authority", "none", "of another", "expired"])
async def test_where_clients_must_show_a_certificate_only_those_get_in(
    serve: Serve, authority: Authority, pair: Pair, tmp_path: Path, shown: str
) -> None:
    endpoint = await serve(ServerTls(pair.certificate, pair.key, authority.certificate))
    client = None
    if shown != "none":
        signs = Authority(tmp_path, "other") if shown == "of another" else authority
        client = signs.sign("web", expired=shown == "expired")
    files = (client.certificate, client.key) if client else (None, None)
    gets_in = shown == "of the authority"
    assert await is_ready(endpoint, ClientTls(authority.certificate, *files)) is gets_in
    assert await is_live(endpoint, believing(authority, client)) is gets_in


async def test_a_replaced_certificate_is_taken_up_without_a_restart(
    serve: Serve, authority: Authority, tmp_path: Path
) -> None:
    endpoint = await serve()
    assert await is_ready(endpoint, ClientTls(authority.certificate))
    newer = Authority(tmp_path, "newer")
    newer.sign("new", file="worker")
    assert await is_ready(endpoint, ClientTls(newer.certificate))
    assert await is_live(endpoint, believing(newer))
    assert not await is_ready(endpoint, ClientTls(authority.certificate))
    assert not await is_live(endpoint, believing(authority))


async def test_a_certificate_without_its_key_does_not_replace_the_one_that_works(
    serve: Serve, authority: Authority, pair: Pair, tmp_path: Path, caplog: Any
) -> None:
    endpoint = await serve()
    pair.certificate.write_bytes(authority.sign("other").certificate.read_bytes())
    assert await is_ready(endpoint, ClientTls(authority.certificate))
    assert await is_live(endpoint, believing(authority))
    assert "certificate not taken up" in caplog.text
    pair.key.unlink()
    assert await is_ready(endpoint, ClientTls(authority.certificate))
    assert await is_live(endpoint, believing(authority))


async def test_a_connection_goes_on_while_files_are_replaced(
    serve: Serve, authority: Authority, tmp_path: Path
) -> None:
    endpoint = await serve()
    channel = WorkerChannel(endpoint.grpc_address, ClientTls(authority.certificate))
    await channel.send(READY, 10)
    Authority(tmp_path, "newer").sign("new", file="worker")
    await channel.send(READY, 10)
    await channel.close()


async def test_a_channel_tells_that_its_own_files_were_replaced(authority: Authority) -> None:
    channel = WorkerChannel("127.0.0.1:1", ClientTls(authority.certificate))
    assert not channel.is_outdated
    authority.certificate.write_bytes(authority.certificate.read_bytes() + b"\n")
    assert channel.is_outdated
    await channel.close()


async def test_who_says_nothing_in_a_handshake_holds_nobody_up(
    serve: Serve, authority: Authority
) -> None:
    endpoint = await serve()
    host, _, port = endpoint.http_address.rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    assert await is_live(endpoint, believing(authority))
    writer.close()


def test_what_cannot_be_used_is_told_in_a_few_words(
    authority: Authority, pair: Pair, tmp_path: Path
) -> None:
    assert flaw(ServerTls(pair.certificate, pair.key, authority.certificate)) == ""
    assert flaw(ClientTls(authority.certificate, pair.certificate, pair.key)) == ""
    other = authority.sign("other")
    empty = tmp_path / "empty.pem"
    empty.touch()
    for broken in (
        ServerTls(tmp_path / "nowhere", pair.key),
        ServerTls(pair.certificate, other.key),
        ServerTls(empty, pair.key),
        ServerTls(pair.certificate, pair.key, empty),
        ClientTls(empty),
        ClientTls(authority.certificate, pair.certificate, other.key),
    ):
        assert flaw(broken), broken
