"""Webhooks reach the internet alone, whatever a name means at which moment."""

import asyncio
import socket
import threading
from collections import deque
from typing import Any

import pytest

from consumers.worker import webhooks
from consumers.worker.webhook_client import WebhookClient
from tests.fakes.receiver import Receiver
from uploads.webhooks import destinations, signing
from uploads.webhooks.outbox import Letter


def letter(url: str) -> Letter:
    return Letter(1, 1, 1, 1, url, signing.new_secret(), "msg_1", b"{}")


class Names:
    """A name server that says something else each time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = deque(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        return [
            (
                socket.AF_INET6 if ":" in ip else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (ip, port),
            )
            for ip in self.answers.popleft()
        ]


async def outcome(url: str, names: Names, *, private_allowed: bool = False) -> tuple[Any, str]:
    client = WebhookClient(private_allowed=private_allowed, lookup=names)
    try:
        sent = await client.send(letter(url))
    finally:
        await client.close()
    return sent.status, sent.error_code


@pytest.fixture
def receiver() -> Any:
    with Receiver().running() as one:
        yield one


async def test_a_name_is_looked_up_once_and_that_very_address_is_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is checked is called: a second answer, to rebind the name by, is never asked for.
    checked: list[str] = []

    def is_public(ip: str) -> bool:
        checked.append(ip)
        return True

    monkeypatch.setattr(destinations, "is_public", is_public)
    monkeypatch.setattr(destinations, "problem", lambda *_, **__: "")
    names = Names(["127.0.0.1"], ["192.0.2.1"])
    url = f"http://rebinding.example:{receiver.port}/ok"
    assert await outcome(url, names) == (200, "")
    assert (names.asked, checked) == (["rebinding.example"], ["127.0.0.1"])
    assert receiver.received[0].headers["Host"] == f"rebinding.example:{receiver.port}"


async def test_a_name_that_is_rebound_between_two_tries_is_refused_at_the_second(
    receiver: Receiver,
) -> None:
    names = Names(["93.184.215.14"], ["127.0.0.1"])
    client = WebhookClient(private_allowed=False, lookup=names)
    url = f"https://rebinding.example:{receiver.port}/ok"
    try:
        resolver: Any = client._session.connector._resolver  # type: ignore[union-attr]  # aiohttp's
        assert (await resolver.resolve("rebinding.example", 443))[0]["host"] == "93.184.215.14"
        assert (await client.send(letter(url))).error_code == "address_refused"
    finally:
        await client.close()
    assert receiver.received == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["169.254.169.254"],
        ["fd00:ec2::254"],
    ],
)
async def test_a_name_that_means_a_private_address_is_refused(
    receiver: Receiver, addresses: list[str]
) -> None:
    url = f"https://inside.example:{receiver.port}/ok"
    assert await outcome(url, Names(addresses)) == (None, "address_refused")
    assert receiver.received == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
async def test_a_private_address_itself_is_refused_also_when_it_was_allowed_before(
    receiver: Receiver, host: str
) -> None:
    url = f"https://{host}:{receiver.port}/ok"
    assert await outcome(url, Names()) == (None, "address_refused")


async def test_plain_http_goes_nowhere_unless_private_addresses_are_allowed(
    receiver: Receiver,
) -> None:
    url = f"http://127.0.0.1:{receiver.port}/ok"
    assert await outcome(url, Names()) == (None, "address_refused")
    assert await outcome(url, Names(), private_allowed=True) == (200, "")


async def test_a_server_without_tls_is_told_as_such(receiver: Receiver) -> None:
    url = f"https://127.0.0.1:{receiver.port}/ok"
    assert await outcome(url, Names(), private_allowed=True) == (None, "tls_failed")


async def test_a_name_that_means_nothing_and_a_port_where_nobody_is() -> None:
    def unknown(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    client = WebhookClient(private_allowed=True, lookup=unknown)
    try:
        sent = await client.send(letter("https://nowhere.example/"))
        assert sent.error_code == "name_not_found"
        sent = await client.send(letter("http://127.0.0.1:1/"))
        assert sent.error_code == "not_reachable"
    finally:
        await client.close()


async def test_nobody_waits_for_somebody_elses_slow_name_server(receiver: Receiver) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def names(host: str, port: int, **_: Any) -> list[Any]:
        if host.startswith("slow"):
            asked.set()
            let_go.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "slow")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    client = WebhookClient(private_allowed=True, lookup=names)
    slow = [
        asyncio.create_task(client.send(letter(f"http://slow.example:{receiver.port}/ok")))
        for _ in range(webhooks.AT_ONCE - 1)
    ]
    try:
        assert await asyncio.to_thread(asked.wait, 10)
        async with asyncio.timeout(10):
            sent = await client.send(letter(f"http://quick.example:{receiver.port}/ok"))
        assert (sent.status, receiver.received[0].headers["Host"].split(":")[0]) == (
            200,
            "quick.example",
        )
    finally:
        let_go.set()
        await asyncio.gather(*slow)
        await client.close()
