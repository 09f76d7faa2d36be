"""Clients that come and go, repeat themselves, and hang up in the middle of a word."""

import asyncio
import json
import random
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from tests.chaos.rig import Rig, settled, upload
from tests.darkroom import Person
from tests.photos import tiny

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Measured = Callable[..., None]


class Restless:
    """A client that hangs up at random and goes on from where it was."""

    def __init__(self, url: str, token: str, hang_ups: int) -> None:
        self.url = url.replace("http", "ws", 1) + "/ws/progress/"
        self.token = token
        self.hang_ups = hang_ups
        self.epoch: str | None = None
        self.events: list[dict[str, Any]] = []

    async def follow(self, until_seq: asyncio.Future[int]) -> None:
        """Follows the stream until the seq that the future gives."""
        while not (until_seq.done() and self.seen >= until_seq.result()):
            try:
                await self._connect_once()
            except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed):
                # A hundred at once are more than the server takes at once: it comes again.
                await asyncio.sleep(random.uniform(0.1, 1.0))

    async def _connect_once(self) -> None:
        async with connect(self.url, subprotocols=[Subprotocol("darkroom.v1")]) as wire:
            hello = {"type": "hello", "token": self.token, "epoch": self.epoch, "after": self.seen}
            await wire.send(json.dumps(hello))
            ready = json.loads(await wire.recv())
            assert ready["type"] == "ready", ready
            self.epoch = ready["epoch"]
            timeout = random.uniform(0.05, 1.0) if self.hang_ups else 2.0
            self.hang_ups = max(0, self.hang_ups - 1)
            await self._listen(wire, timeout)

    @property
    def seen(self) -> int:
        return self.events[-1]["seq"] if self.events else 0

    async def _listen(self, wire: Any, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                async for text in wire:
                    message = json.loads(text)
                    if message["type"] == "event":
                        self.events.append(message)
                        await wire.send(json.dumps({"type": "ack", "seq": message["seq"]}))
        except (TimeoutError, ConnectionClosed):
            pass


def test_r7_every_client_is_told_exactly_what_happened(
    shared_rig: Rig, full: bool, measured: Measured
) -> None:
    clients, hang_ups = (100, 20) if full else (10, 6)
    darkroom = shared_rig
    ada = darkroom.person("ada")

    async def run() -> list[Restless]:
        finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        restless = [Restless(darkroom.url, ada.tokens["access"], hang_ups) for _ in range(clients)]
        following = [asyncio.create_task(one.follow(finished)) for one in restless]

        def work() -> int:
            for _ in range(10):
                upload(ada, 10)
            settled(ada, 120)
            return int(ada.get("/api/events/")["seq"])

        finished.set_result(await asyncio.to_thread(work))
        await asyncio.gather(*following)
        return restless

    told = asyncio.run(run())
    truth: list[dict[str, Any]] = []
    while page := ada.get("/api/events/", after=len(truth))["results"]:
        truth += page
    assert [event["seq"] for event in truth] == list(range(1, len(truth) + 1))
    for one in told:
        assert one.events == truth
    measured("R7", clients=clients, hang_ups=clients * hang_ups, events=len(truth))


def test_r8_an_upload_that_is_repeated_is_stored_once(
    shared_rig: Rig, full: bool, measured: Measured
) -> None:
    darkroom = shared_rig
    bob = darkroom.person("bob")
    answers: list[int] = []

    def again() -> None:
        answers.append(_post(bob, "the same key").json()["id"])

    together = [threading.Thread(target=again) for _ in range(20)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert len(answers) == 20
    assert len(set(answers)) == 1
    cuts = 50 if full else 15
    for number in range(cuts):
        _cut_off(darkroom, bob, f"cut {number}")
        _post(bob, f"cut {number}")
    uploads = darkroom.query("Upload.objects.filter(user__username='bob').count()")
    assert uploads == 1 + cuts
    settled(bob, 120)
    assert "0 violations" in darkroom.audit()
    left = darkroom.manage("audit", "--fix", "--orphan-age", "0").splitlines()[-1]
    assert darkroom.audit().splitlines()[-1] == "0 violations, 0 orphans"
    measured("R8", at_once=20, cut_connections=cuts, uploads=uploads, swept=left)


def _post(person: Person, key: str) -> Any:
    files = {"images": ("a.png", tiny(size=(64, 48)), "image/png")}
    data = {"model": "chaos"}
    answer = person.http.post(
        "/api/uploads/", files=files, data=data, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 202, answer.text
    return answer


def _cut_off(darkroom: Rig, person: Person, key: str) -> None:
    """Sends the same upload and hangs up after a random number of its bytes."""
    files = {"images": ("a.png", tiny(size=(64, 48)), "image/png")}
    request = person.http.build_request(
        "POST",
        "/api/uploads/",
        files=files,
        data={"model": "chaos"},
        headers={"Idempotency-Key": key},
    )
    head = f"POST /api/uploads/ HTTP/1.1\r\n{_headers(request)}\r\n".encode()
    whole = head + request.read()
    with socket.create_connection(("127.0.0.1", darkroom.port)) as wire:
        wire.sendall(whole[: random.randrange(1, len(whole) + 1)])


def _headers(request: Any) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
