"""What sockets leave in the metrics."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from consumers.metrics.registry import exposition
from tests.exposition import Exposition, parsed
from tests.integration.conftest import Uploads
from tests.integration.socket.conftest import Connect
from uploads import bus
from uploads.models import User

pytestmark = [pytest.mark.django_db(transaction=True)]


def told() -> Exposition:
    return parsed(exposition())


async def test_a_socket_is_open_until_it_is_closed_and_then_counted_by_its_code(
    sockets: Connect, token: str
) -> None:
    before = told()
    client = await sockets()
    assert told().value("darkroom_sockets_open") - before.value("darkroom_sockets_open") == 1
    await client.hello(token)
    await client.hear()
    await client.wire.disconnect(4999)
    after = told()
    assert after.value("darkroom_sockets_open") == before.value("darkroom_sockets_open")
    name = "darkroom_sockets_opened_total"
    assert after.value(name) - before.value(name) == 1
    name = "darkroom_sockets_closed_total"
    # A client may say any code: it becomes no label of its own.
    assert after.value(name, code="other") - before.value(name, code="other") == 1
    assert "4999" not in after.label_values()


async def test_a_socket_that_the_server_closed_is_counted_by_the_server_s_code(
    sockets: Connect,
) -> None:
    name = "darkroom_sockets_closed_total"
    before = told()
    client = await sockets()
    await client.hello("no token")
    assert await client.closed_with() == 4401
    # Daphne tells the application what the client answered to the close.
    await client.wire.disconnect(1006)
    after = told()
    assert after.value(name, code="4401") - before.value(name, code="4401") == 1
    assert after.value(name, code="1006") == before.value(name, code="1006")


async def test_replayed_events_are_told_from_live_ones(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    await sync_to_async(upload)(ada)
    before = told()
    client = await sockets()
    await client.hello(token, after=0)
    await client.hear_events(2)
    await sync_to_async(upload)(ada)
    await client.hear_events(2)
    after = told()
    name = "darkroom_socket_events_total"
    for delivery in ("replayed", "live"):
        grown = after.value(name, delivery=delivery) - before.value(name, delivery=delivery)
        assert grown == 2, delivery


async def test_a_socket_that_asks_for_what_is_gone_is_counted_as_reset(
    sockets: Connect, token: str
) -> None:
    before = told().value("darkroom_socket_resets_total")
    client = await sockets()
    await client.hello(token, after=1_000_000)
    assert (await client.hear())["type"] == "reset"
    assert (await client.hear())["type"] == "ready"
    assert told().value("darkroom_socket_resets_total") - before == 1


async def test_progress_is_counted_as_sent_or_dropped(
    sockets: Connect, ada: User, token: str, faithful_layer: Any
) -> None:
    name = "darkroom_socket_progress_total"
    before = told()
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await bus.progress(ada.pk, {"type": "progress", "prediction": 1})
    assert (await client.hear())["type"] == "progress"
    after = told()
    assert after.value(name, outcome="sent") - before.value(name, outcome="sent") == 1
    assert after.value(name, outcome="dropped") == before.value(name, outcome="dropped")
