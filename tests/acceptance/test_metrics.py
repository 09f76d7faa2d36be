"""Metrics of real processes: two web processes behind one address, and a worker."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.darkroom import Darkroom, Person, until
from tests.exposition import Exposition, parsed
from tests.listener import Listener
from tests.photos import tiny

pytestmark = pytest.mark.slow

METADATA = {"route": "/metadata", "method": "GET", "status": "2xx"}


def told(url: str) -> Exposition:
    answer = httpx.get(f"{url}/metrics")
    assert answer.status_code == 200, answer.text
    return parsed(answer.content)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Darkroom]:
    """Two web processes, and clients that come by a proxy."""
    server = Darkroom(tmp_path_factory.mktemp("proxied"))
    server.start(WEB="2", TRUSTED_PROXIES="1", METRICS_TOKEN="secret")
    yield server
    server.stop()


def test_only_the_token_opens_it_to_clients_of_a_proxy(proxied: Darkroom) -> None:
    def status(forwarded_for: str, token: str = "wrong") -> int:
        headers = {"X-Forwarded-For": forwarded_for, "Authorization": f"Bearer {token}"}
        return httpx.get(f"{proxied.url}/metrics", headers=headers).status_code

    assert status("10.0.0.7") == 404
    assert status("127.0.0.1, 10.0.0.7") == 404
    assert status("10.0.0.7", "secret") == 200
    # Whoever it says that it speaks for.
    assert status("127.0.0.1") == 404
    assert told(proxied.url).value("darkroom_database_up") == 1


def test_web_processes_behind_one_address_count_together(proxied: Darkroom) -> None:
    url = proxied.url
    for _ in range(40):
        httpx.get(f"{url}/metadata").raise_for_status()
    webs = proxied.pids(r"^\S+ \S*manage\.py web ")
    assert len(webs) == 2
    # Each of them answers now and then, and all of the answers agree.
    for _ in range(10):
        sums = told(url)
        assert sums.value("darkroom_http_requests_total", **METADATA) == 40
        assert sums.value("darkroom_http_request_seconds_count", route="/metadata") == 40
        assert len(sums.of("process_resident_memory_bytes")) == 2

    token = Person(url, "ada").tokens["access"]
    listeners = [Listener(url, token) for _ in range(8)]
    for one in listeners:
        one.until(lambda it: it.messages, "it is signed in")
    assert told(url).value("darkroom_sockets_open") == 8

    os.kill(webs[0], signal.SIGKILL)

    def is_told_of_the_living() -> bool:
        # A dead one closes nothing properly: the clients see their connections end.
        living = sum(one.close_code is None for one in listeners)
        return told(url).value("darkroom_sockets_open") == living

    until(
        lambda: proxied.pids(r"^\S+ \S*manage\.py web ") not in ([webs[1]], webs),
        "another one was started",
    )
    until(is_told_of_the_living, "sockets of the dead are not open any more")
    assert told(url).value("darkroom_http_requests_total", **METADATA) == 40
    for one in listeners:
        one.close()


def test_an_upload_is_seen_in_the_metrics_of_web_and_worker(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    served = until(
        lambda: re.search(r"metrics served.*address=(\S+)", darkroom.log.read_text()),
        "the worker tells its address",
    )
    photo = tmp_path / "photo.png"
    photo.write_bytes(tiny(size=(64, 48)))
    person = darkroom.person("measured")
    model = {"model": "background-removal", "version": "2"}
    ended = {**model, "outcome": "succeeded", "reason": ""}
    before = told(darkroom.url), told(f"http://{served[1]}")
    person.finished(person.upload(photo, photo, model="background-removal"))
    web, worker = told(darkroom.url), told(f"http://{served[1]}")

    def grown(name: str, **labels: str) -> float:
        return worker.value(name, **labels) - before[1].value(name, **labels)

    received = {"model": model["model"]}
    name = "darkroom_images_received_total"
    assert web.value(name, **received) - before[0].value(name, **received) == 2
    assert web.value("darkroom_database_up") == 1
    assert web.value("darkroom_queue_depth", model=model["model"]) == 0
    assert grown("darkroom_attempts_started_total", **model) == 2
    assert grown("darkroom_predictions_ended_total", **ended) == 2
    assert grown("darkroom_inference_requests_total", **ended, protocol="upload") == 2
    assert grown("darkroom_inference_batch_size_sum", **model) == 2
    assert grown("darkroom_prediction_seconds_count", **model) == 2
    assert worker.value("darkroom_instances", **model) == 1
    assert worker.value("darkroom_instance_memory_bytes", **model) > 1_000_000
    loaded = {**model, "outcome": "loaded"}
    assert worker.value("darkroom_instance_load_seconds_count", **loaded) >= 1


def test_a_request_that_is_too_large_is_counted_without_being_read(darkroom: Darkroom) -> None:
    name = "darkroom_http_refused_total"
    before = told(darkroom.url).value(name, status="413")
    answer = httpx.post(f"{darkroom.url}/api/token/", content=b" " * 2_000_000)
    assert answer.status_code == 413
    assert told(darkroom.url).value(name, status="413") - before == 1
