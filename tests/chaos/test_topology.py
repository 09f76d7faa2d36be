"""Machines of their own, and every link between them cut and healed while photos come in."""

import io
import json
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.chaos.hosts import CannotMakeHosts, Host, not_here
from tests.chaos.rig import settled
from tests.chaos.topology import Topology, topology
from tests.darkroom import Person, until
from tests.photos import encoded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

Measured = Callable[..., None]
logging.getLogger("quiet").disabled = True
PHOTOS = 500
PHOTOS_AT_ONCE = 5
UPLOADERS = 2
COMPUTED_MS = 1000
AWAY_SECONDS = 15
HEAL_SECONDS = 5
ALONE_SECONDS = 25


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Topology]:
    """Two webs, three workers and what they need, each on a machine of its own."""
    try:
        with topology(tmp_path) as made:
            yield made
    except CannotMakeHosts as problem:
        not_here(problem)


class Uploader(threading.Thread):
    """Uploads as a client does: each with a key of its own, and again until it is accepted."""

    def __init__(self, person: Person, uploads: int, pause_seconds: float) -> None:
        super().__init__(daemon=True)
        self._person = person
        self._left = uploads
        self._pause_seconds = pause_seconds
        self.accepted: dict[str, dict[str, Any]] = {}
        self.refused: list[str] = []

    def run(self) -> None:
        for number in range(self._left):
            key = f"{self.name}-{number}"
            while not self._try(key):
                time.sleep(0.5)
            time.sleep(self._pause_seconds)

    def _try(self, key: str) -> bool:
        shades = range(PHOTOS_AT_ONCE)
        files = [("images", (f"{n}.png", _photo(key, n), "image/png")) for n in shades]
        data = {"model": "negative", "params": json.dumps({"ms": COMPUTED_MS})}
        try:
            answer = self._person.http.post(
                "/api/uploads/", files=files, data=data, headers={"Idempotency-Key": key}
            )
        except httpx.HTTPError as error:
            self.refused.append(type(error).__name__)
            return False
        if answer.status_code == 202:
            self.accepted[key] = answer.json()
        elif answer.status_code >= 500:
            self.refused.append(str(answer.status_code))
        else:
            raise AssertionError(answer.text)
        return answer.status_code == 202


class Socket(threading.Thread):
    """Listens as the page does: where the connection is gone, from the last event on."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self._address = url.replace("http", "ws", 1) + "/ws/progress/"
        self._token = token
        self.seqs: list[int] = []
        self.succeeded: list[int] = []
        self.connections = 0
        self.is_open = False
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            try:
                self._listen()
            except (OSError, WebSocketException, TimeoutError):
                self._over.wait(0.5)
            self.is_open = False

    def _listen(self) -> None:
        options: dict[str, Any] = {
            "open_timeout": 5,
            "ping_interval": 2,
            "ping_timeout": 4,
            # It tells at length of each connection that was cut.
            "logger": logging.getLogger("quiet"),
        }
        protocol = [Subprotocol("darkroom.v1")]
        with connect(self._address, subprotocols=protocol, **options) as wire:
            after = self.seqs[-1] if self.seqs else 0
            hello = {"type": "hello", "token": self._token, "epoch": None, "after": after}
            wire.send(json.dumps(hello))
            while not self._over.is_set():
                try:
                    message = json.loads(wire.recv(timeout=1))
                except TimeoutError:
                    continue
                except ConnectionClosed:
                    return
                if not self.is_open:
                    self.is_open = True
                    self.connections += 1
                if message["type"] == "event":
                    self._note(message)
                    wire.send(json.dumps({"type": "ack", "seq": message["seq"]}))

    def _note(self, event: dict[str, Any]) -> None:
        self.seqs.append(event["seq"])
        if event["kind"] == "prediction.succeeded":
            self.succeeded.append(event["prediction"])

    def was_told_of(self, count: int) -> bool:
        """Whether so many predictions were told to have succeeded."""
        return len(self.succeeded) >= count

    def stop(self) -> None:
        self._over.set()
        self.join(10)


def test_r15_every_link_between_machines_on_postgresql_may_be_cut(
    machines: Topology, measured: Measured
) -> None:
    links = machines.links()
    random.shuffle(links)
    ada = machines.person("ada")
    sockets = [Socket(machines.url, ada.tokens["access"]) for _ in range(4)]
    uploads = PHOTOS // PHOTOS_AT_ONCE // UPLOADERS
    pause = len(links) * (AWAY_SECONDS + HEAL_SECONDS) / uploads * 0.8
    uploaders = [Uploader(machines.person("ada"), uploads, pause) for _ in range(UPLOADERS)]
    for thread in (*sockets, *uploaders):
        thread.start()
    until(lambda: all(one.is_open for one in sockets), "the sockets are open", 20)
    for one, other in links:
        _cut_for(machines, AWAY_SECONDS, (one, other))
        time.sleep(HEAL_SECONDS)
    # A machine that is alone for longer than its leases last.
    worker = machines.workers[0]
    behind = (machines.postgres, machines.redis, machines.s3)
    _cut_for(machines, ALONE_SECONDS, *((worker, it) for it in behind))
    healed = time.monotonic()
    for uploader in uploaders:
        uploader.join(120)
        assert not uploader.is_alive()
    done = settled(ada, 120)
    took = time.monotonic() - healed
    assert done == {"queued": 0, "running": 0, "succeeded": PHOTOS, "failed": 0, "canceled": 0}

    accepted = {one["id"] for uploader in uploaders for one in uploader.accepted.values()}
    known = machines.query("list(Upload.objects.values_list('pk', flat=True))")
    assert sorted(known) == sorted(accepted)
    rows = machines.query(
        "list(Prediction.objects.values_list('pk', 'attempt', 'failures', 'lease_losses'))"
    )
    assert sum(failures for _, _, failures, _ in rows) == 0
    for socket in sockets:
        until(partial(socket.was_told_of, PHOTOS), "every socket is told", 60)
        assert socket.is_open
        assert sorted(socket.succeeded) == sorted(pk for pk, *_ in rows)
        assert socket.seqs == list(range(1, len(socket.seqs) + 1))
    for socket in sockets:
        socket.stop()

    assert machines.query("Image.objects.filter(archived_at=None).count()") == 0
    assert machines.query("ArchiveTask.objects.count()") == 0
    until(lambda: all(machines.ready(web) for web in machines.webs), "every web is ready", 30)
    assert "0 violations" in machines.manage("audit")
    _results_are_the_negatives_of_their_photos(machines, ada, random.sample(sorted(known), 20))
    disks = [worker.files() for worker in machines.workers]
    everything = set.union(*disks)
    assert all(disk and disk < everything for disk in disks)
    measured(
        "R15",
        photos=PHOTOS,
        cuts=len(links) + 1,
        each=f"{AWAY_SECONDS} s",
        sent_again=sum(len(one.refused) for one in uploaders),
        reconnects=sum(one.connections - 1 for one in sockets),
        computed_again=sum(attempt > 1 for _, attempt, _, _ in rows),
        most_lease_losses=max(losses for *_, losses in rows),
        all_done_after=round(took, 1),
    )


def _cut_for(machines: Topology, seconds: float, *links: tuple[Host, Host]) -> None:
    for one, other in links:
        machines.lan.cut(one, other)
    time.sleep(seconds)
    for one, other in links:
        machines.lan.heal(one, other)


def _photo(key: str, number: int) -> bytes:
    """A small photo of its own: told by its key and number."""
    pixels = np.random.default_rng([*key.encode(), number]).integers(0, 256, (48, 64, 3), np.uint8)
    return encoded(Image.fromarray(pixels))


def _results_are_the_negatives_of_their_photos(
    machines: Topology, person: Person, uploads: list[int]
) -> None:
    """Looks at each by each web in turn, whichever machines had made it."""
    turn = count()
    for upload in uploads:
        for image in person.get(f"/api/uploads/{upload}/")["images"]:
            web = machines.webs[next(turn) % len(machines.webs)]
            at = f"http://{web.address}:8000"
            pixels, result = (
                _pixels(person, f"{at}{url}")
                for url in (image["file"], image["prediction"]["output"]["url"])
            )
            assert (result == 255 - pixels).all()
            assert person.http.get(f"{at}{image['thumbnail']}").status_code == 200


def _pixels(person: Person, address: str) -> Any:
    answer = person.http.get(address)
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"))
