"""As many sockets as a process may have, and one that reads nothing: all others are told all."""

import asyncio
import json
import resource
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.chaos.rig import Rig, percentile, settled, upload
from tests.darkroom import Person, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Rigs = Callable[..., Rig]
Measured = Callable[..., None]

OPENING: Final = 20
DEAF_IMAGES: Final = 100
"""Their events are more than a socket is told without an acknowledgment."""
MOST_KIB_A_SOCKET: Final = 128
PACED_IMAGES: Final = 10
PACE_SECONDS: Final = 4.0
"""Between two of these, each told by four events: to 1,000 sockets 1,000 messages a second."""


async def opened(darkroom: Rig, person: Person, **options: Any) -> ClientConnection:
    """A socket that is signed in and was told nothing yet."""
    wire = await connect(
        darkroom.url.replace("http", "ws", 1) + "/ws/progress/",
        subprotocols=[Subprotocol("darkroom.v1")],
        compression=None,
        open_timeout=60,
        ping_interval=None,
        **options,
    )
    token = person.tokens["access"]
    await wire.send(json.dumps({"type": "hello", "token": token, "epoch": None, "after": None}))
    assert json.loads(await wire.recv())["type"] == "ready"
    return wire


class Reader:
    """A client that reads and acknowledges all that it is told."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire
        self.seqs: list[int] = []
        self.delays_ms: list[float] = []

    async def read(self, last: asyncio.Future[int]) -> None:
        """Reads until the event of this number."""
        while not (last.done() and self.seqs and self.seqs[-1] >= last.result()):
            try:
                async with asyncio.timeout(1):
                    message = json.loads(await self.wire.recv())
            except TimeoutError:
                continue
            if message["type"] == "event":
                at = datetime.fromisoformat(message["at"]).timestamp()
                self.delays_ms.append((time.time() - at) * 1000)
                self.seqs.append(message["seq"])
                await self.wire.send(json.dumps({"type": "ack", "seq": message["seq"]}))


def last_event(person: Person) -> int:
    """The number of this user's newest event."""
    return int(person.get("/api/events/")["seq"])


def send_slowly(person: Person, count: int) -> int:
    """Sends photos one by one until they are done, and gives the number of the last event."""
    for number in range(count):
        if number:
            time.sleep(PACE_SECONDS)
        upload(person, 1)
    settled(person, 60)
    return last_event(person)


def send_at_once(person: Person, deaf: Person) -> int:
    """Sends many photos of both until they are done, and gives the number of the last event."""
    for _ in range(DEAF_IMAGES // 10):
        upload(deaf, 10)
    upload(person, 10)
    upload(person, 10)
    settled(deaf, 300)
    settled(person, 300)
    return last_event(person)


def p99_ms(readers: list[Reader], events: slice) -> int:
    """Of these events at all sockets, from commit to reader."""
    return percentile([delay for one in readers for delay in one.delays_ms[events]], 0.99)


def test_r12_many_sockets_are_told_all_and_one_that_reads_nothing_costs_little(
    rig: Rigs, full: bool, measured: Measured
) -> None:
    count = 1000 if full else 60
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(4 * count + 500, hard)), hard))
    darkroom = rig(workers=1, MAX_SOCKETS_PER_USER=str(count + 1))
    ada, bob = darkroom.person("ada"), darkroom.person("bob")
    assert darkroom.web
    web = psutil.Process(darkroom.web.pid)

    async def run() -> dict[str, Any]:
        # What is imported or made once is there before anything is measured.
        await (await opened(darkroom, ada)).close()
        begun = web.memory_info().rss
        gate = asyncio.Semaphore(OPENING)

        async def one() -> Reader:
            async with gate:
                return Reader(await opened(darkroom, ada))

        readers = await asyncio.gather(*(one() for _ in range(count)))
        kib = (web.memory_info().rss - begun) / 1024 / count
        deaf = await opened(darkroom, bob, max_queue=1)
        last: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        reading = [asyncio.create_task(reader.read(last)) for reader in readers]

        paced = await asyncio.to_thread(send_slowly, ada, PACED_IMAGES if full else 1)
        before = web.memory_info().rss
        last.set_result(await asyncio.to_thread(send_at_once, ada, bob))
        await asyncio.gather(*reading)
        grown = (web.memory_info().rss - before) >> 20
        asked = time.monotonic()
        closed = "not waited for"
        if full:
            port = deaf.transport.get_extra_info("sockname")[1]
            await asyncio.to_thread(_until_closed, web, port)
            closed = f"{time.monotonic() - asked:.0f} s later"
        deaf.transport.abort()
        for reader in readers:
            await reader.wire.close()
        assert all(reader.seqs == list(range(1, last.result() + 1)) for reader in readers)
        return {
            "kib": kib,
            "grown": grown,
            "closed": closed,
            "events": last.result(),
            "calm_p99": p99_ms(readers, slice(paced)),
            "crowd_p99": p99_ms(readers, slice(paced, None)),
        }

    told = asyncio.run(run())
    assert told["kib"] <= MOST_KIB_A_SOCKET
    measured(
        "R12",
        sockets=count,
        events=f"{told['events']} to each, none lost",
        a_socket=f"{told['kib']:.0f} KiB",
        a_thousand_messages_a_second_p99=f"{told['calm_p99']} ms",
        all_at_once_p99=f"{told['crowd_p99']} ms",
        web_grew_by=f"{told['grown']} MiB meanwhile",
        deaf_one_closed=told["closed"],
    )


def _until_closed(web: psutil.Process, port: int) -> None:
    """Waits until the server has let go of the client at this port."""

    def is_closed() -> bool:
        return all(one.raddr.port != port for one in web.net_connections("tcp") if one.raddr)

    until(is_closed, "a client that reads nothing is closed", 150)
