"""That models come and go is told to all who watch, whoever made it so."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from consumers.socket.connected import connected
from tests.integration.offered import entry, live_worker
from tests.integration.socket.conftest import Client, Connect
from tests.integration.socket.test_asyncapi import fits
from uploads.catalog import desired, offers
from uploads.catalog.desired import Desired
from uploads.catalog.holdings import Holding
from uploads.events import Actor
from uploads.models import User, Worker
from uploads.sign_in import tokens

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("models")]


@pytest.fixture(autouse=True)
def _quick_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connected, "catalog_seconds", 0.1)


async def ready(sockets: Connect, token: str) -> Client:
    client: Client = await sockets()
    await client.say(
        {"type": "hello", "token": token, "epoch": None, "after": None, "models": True}
    )
    assert (await client.hear())["type"] == "ready"
    return client


async def hears_of_models(*clients: Client) -> None:
    """Each of them is told once."""
    for client in clients:
        heard = await client.hear()
        assert heard["type"] == "models.changed"
        assert fits(heard)
        assert await client.wire.receive_nothing(timeout=0.3)


async def test_a_new_model_is_told_to_all_and_the_same_ones_again_to_nobody(
    sockets: Connect, bob: User, token: str
) -> None:
    client = await ready(sockets, token)
    other = await ready(sockets, (await sync_to_async(tokens.sign_in)(bob, Actor()))[0])
    await sync_to_async(offers.publish)([entry("ocr")])
    assert await client.wire.receive_nothing(timeout=0.3)
    await sync_to_async(offers.publish)([entry("brightness")])
    await hears_of_models(client, other)


async def test_a_model_that_is_taken_out_or_unloaded_is_told(sockets: Connect, token: str) -> None:
    worker = await sync_to_async(live_worker)()
    client = await ready(sockets, token)
    dropped = {("background-removal", "1"), ("background-removal", "2")}
    await sync_to_async(offers.publish)([], dropped=dropped, worker=worker.pk)
    await hears_of_models(client)
    await sync_to_async(desired.set_desired)("ocr", Desired.UNLOADED, Actor())
    await hears_of_models(client)


async def test_a_worker_that_dies_has_it_told_and_one_that_only_gives_a_sign_has_not(
    sockets: Connect, token: str
) -> None:
    worker = await sync_to_async(live_worker)(Holding("ocr", "2", "READY"))
    client = await ready(sockets, token)
    worker.versions = [Holding("ocr", "2", "READY", memory_bytes=1 << 20).as_dict()]
    await sync_to_async(offers.heartbeat)(worker)
    assert await client.wire.receive_nothing(timeout=0.3)
    await Worker.objects.aupdate(seen_at=timezone.now() - timedelta(minutes=1))
    await hears_of_models(client)


async def test_who_did_not_ask_is_told_nothing_of_models(sockets: Connect, token: str) -> None:
    client: Client = await sockets()
    await client.hello(token)
    assert (await client.hear())["type"] == "ready"
    asking = await ready(sockets, token)
    await sync_to_async(offers.publish)([entry("brightness")])
    await hears_of_models(asking)
    assert await client.wire.receive_nothing(timeout=0.3)
