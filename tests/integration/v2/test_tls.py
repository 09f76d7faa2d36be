"""From the web to workers by TLS."""

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest

from consumers.oip.forwarding import Forwarder
from consumers.oip.tls import client_tls, server_tls
from inference.oip.errors import Status
from inference.oip.tls import ClientTls, ServerTls
from tests.certificates import Authority, Pair
from tests.fakes.grpc_worker import GrpcWorker
from tests.integration.v2.calling import call, refusal

pytestmark = pytest.mark.django_db(transaction=True)


def credentials(shown: Pair, clients: Authority | None = None) -> Any:
    """What a worker shows; with `clients` only who is signed by that authority gets in."""
    roots = clients.certificate.read_bytes() if clients else None
    pair = (shown.key.read_bytes(), shown.certificate.read_bytes())
    return grpc.ssl_server_credentials([pair], roots, require_client_auth=clients is not None)


async def test_calls_go_on_to_workers_by_mutual_tls_also_after_both_have_new_certificates(
    tmp_path: Path,
) -> None:
    authority = Authority(tmp_path)
    shown, web = authority.sign("worker"), authority.sign("web")
    worker = await GrpcWorker("one").start(credentials=credentials(shown, authority))
    await worker.register(("adder", "1"))
    forwarder = Forwarder(ClientTls(authority.certificate, web.certificate, web.key))
    assert await forwarder.call(call(payload=b"first")) == b"first"
    newer = Authority(tmp_path, "newer")
    for name in ("worker", "web"):
        newer.sign(f"new {name}", file=name)
    newer.certificate.replace(authority.certificate)
    await worker.stop()
    _, port = worker.address.split(":")
    await worker.start(int(port), credentials=credentials(shown, authority))
    assert await forwarder.call(call(payload=b"second")) == b"second"
    await asyncio.gather(*(route.close() for route in forwarder._routes.values()))
    await worker.stop()


async def test_a_worker_that_the_web_does_not_believe_is_sent_nothing(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path), Authority(tmp_path, "other")
    shown = authority.sign("worker")
    worker = await GrpcWorker("one").start(credentials=credentials(shown))
    await worker.register(("adder", "1"))
    for tls in (None, ClientTls(other.certificate)):
        forwarder = Forwarder(tls)
        refused = await refusal(forwarder.call(call()))
        assert refused.status is Status.UNAVAILABLE
        await asyncio.gather(*(route.close() for route in forwarder._routes.values()))
    assert not worker.calls
    await worker.stop()


def test_the_settings_say_who_shows_what(settings: Any, tmp_path: Path) -> None:
    assert (server_tls(), client_tls()) == (None, None)
    settings.OIP_TLS_CA = tmp_path / "ca"
    assert (server_tls(), client_tls()) == (None, ClientTls(tmp_path / "ca"))
    settings.OIP_TLS_CERTIFICATE, settings.OIP_TLS_KEY = tmp_path / "crt", tmp_path / "key"
    settings.OIP_TLS_NAME = "workers"
    assert server_tls() == ServerTls(tmp_path / "crt", tmp_path / "key")
    assert client_tls() == ClientTls(tmp_path / "ca", tmp_path / "crt", tmp_path / "key", "workers")
