"""Uploads as large as they may be, many at a time, and some that never end: they hurt nobody."""

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
import numpy as np
import psutil
import pytest
from PIL import Image
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.chaos.rig import Rig, percentile
from tests.darkroom import Person, until
from tests.integration.rest import MULTIPART, Part, file, multipart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Rigs = Callable[..., Rig]
Measured = Callable[..., None]

AT_ONCE: Final = 20
SIDE: Final = 2880
"""Of a square BMP of 24.9 MB, nearly the largest file that is accepted."""
MOST_MEMORY_MIB: Final = 200
GONE_WITHIN_SECONDS: Final = 60


def large_photo() -> bytes:
    """A file of 24.9 MB that no coding makes smaller."""
    noise = np.random.default_rng(11).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    with io.BytesIO() as file:
        Image.fromarray(noise).save(file, "BMP")
        return file.getvalue()


class Watch:
    """What other requests, a socket and the server's memory are like meanwhile."""

    def __init__(self, darkroom: Rig, person: Person) -> None:
        assert darkroom.web
        self._darkroom, self._person = darkroom, person
        self._web = psutil.Process(darkroom.web.pid)
        self._is_over = threading.Event()
        self.began_with = self._web.memory_info().rss
        self.most = self.began_with
        self.answers_ms: list[float] = []
        self.pings_ms: list[float] = []

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Looks all the while."""
        looks = (self._look_at_memory, self._ask, self._ping)
        with ThreadPoolExecutor(len(looks)) as pool:
            running = [pool.submit(look) for look in looks]
            try:
                yield
            finally:
                self._is_over.set()
            for one in running:
                one.result()

    @property
    def grown_mib(self) -> int:
        """By how much the web process has grown at most."""
        return int(self.most - self.began_with) >> 20

    def _look_at_memory(self) -> None:
        while not self._is_over.wait(0.02):
            self.most = max(self.most, self._web.memory_info().rss)

    def _ask(self) -> None:
        with httpx.Client(base_url=self._darkroom.url, headers=self._person.http.headers) as http:
            while not self._is_over.wait(0.02):
                asked = time.monotonic()
                assert http.get("/api/users/me/", timeout=30).status_code == 200
                self.answers_ms.append((time.monotonic() - asked) * 1000)

    def _ping(self) -> None:
        address = self._darkroom.url.replace("http", "ws", 1) + "/ws/progress/"
        token = self._person.tokens["access"]
        with connect(address, subprotocols=[Subprotocol("darkroom.v1")]) as wire:
            wire.send(f'{{"type": "hello", "token": "{token}", "epoch": null, "after": null}}')
            while not self._is_over.wait(0.05):
                asked = time.monotonic()
                assert wire.ping().wait(30)
                self.pings_ms.append((time.monotonic() - asked) * 1000)


def send(person: Person, body: bytes) -> int:
    """Uploads until there is room for it; how many images were accepted."""
    headers = {**person.http.headers, "Content-Type": MULTIPART}
    while True:
        answer = httpx.post(
            f"{person.http.base_url}/api/uploads/", content=body, headers=headers, timeout=120
        )
        if answer.status_code == 202:
            return len(answer.json()["images"])
        assert answer.json()["code"] in {"too_many_requests", "busy"}, answer.text
        time.sleep(min(1.0, float(answer.headers["Retry-After"])))


def begin(person: Person, body: bytes) -> socket.socket:
    """Sends half of an upload."""
    address = urlsplit(str(person.http.base_url))
    wire = socket.create_connection((address.hostname or "", address.port or 80), timeout=30)
    head = (
        f"POST /api/uploads/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: {MULTIPART}\r\n"
        f"Authorization: {person.http.headers['Authorization']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    wire.sendall(head.encode() + body[: len(body) // 2])
    return wire


def held(darkroom: Rig) -> list[str]:
    """Files of received bodies that the web process has open: they have no names."""
    assert darkroom.web
    files = []
    folder = Path(f"/proc/{darkroom.web.pid}/fd")
    for descriptor in folder.iterdir():
        with suppress(OSError):
            files.append(str(descriptor.readlink()))
    return [one for one in files if "/.incoming/" in one]


def test_r11_large_uploads_hurt_nobody(rig: Rigs, full: bool, measured: Measured) -> None:
    darkroom = rig(workers=1)
    ada, bob = darkroom.person("ada"), darkroom.person("bob")
    photo = large_photo()
    body = multipart(file(photo, "large.bmp"), Part("model", b"chaos"))
    # So many that one in a hundred is not simply the slowest.
    rounds = 10 if full else 1
    assert send(ada, body) == 1
    watch = Watch(darkroom, bob)
    begun = time.monotonic()
    with watch.looking(), ThreadPoolExecutor(AT_ONCE) as senders:
        for _ in range(rounds):
            assert sum(senders.map(send, [ada] * AT_ONCE, [body] * AT_ONCE)) == AT_ONCE
    took = time.monotonic() - begun
    assert watch.grown_mib <= MOST_MEMORY_MIB

    begun_uploads = [begin(ada, body) for _ in range(AT_ONCE // 2)]
    until(lambda: held(darkroom), "bodies arrive", 30)
    for wire in begun_uploads:
        wire.close()
    until(lambda: not held(darkroom), "aborted uploads leave nothing", GONE_WITHIN_SECONDS)
    incoming = darkroom.folder / "media" / ".incoming"
    assert not [path for path in incoming.iterdir() if path.is_file()]
    stored = darkroom.query("Upload.objects.count()")
    assert stored == 1 + rounds * AT_ONCE
    if full:
        slow = begin(ada, body)
        asked = time.monotonic()
        until(lambda: not held(darkroom), "who sends nothing more is cut off", 150)
        cut_off = f"{time.monotonic() - asked:.0f} s"
        slow.close()
    else:
        cut_off = "not tried"
    measured(
        "R11",
        uploads=f"{rounds * AT_ONCE} of {len(photo) / 1e6:.1f} MB, {AT_ONCE} at once",
        took=f"{took:.0f} s",
        memory=f"+{watch.grown_mib} MiB",
        others_p99=f"{percentile(watch.answers_ms, 0.99)} ms of {len(watch.answers_ms)}",
        pings_p99=f"{percentile(watch.pings_ms, 0.99)} ms of {len(watch.pings_ms)}",
        silent_client_cut_off_after=cut_off,
    )
