"""Events over the websocket: replay, live, in order, once."""

import pytest
from asgiref.sync import sync_to_async

from consumers.socket import connected as connected_module
from consumers.socket import window as window_module
from consumers.socket.connected import connected
from tests.integration.conftest import Uploads
from tests.integration.socket.conftest import Connect
from uploads import append_only, bus, replay, services
from uploads.events import A_WORKER
from uploads.models import Event, User

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_hello_is_answered_with_where_the_stream_stands(
    sockets: Connect, ada: User, token: str
) -> None:
    client = await sockets()
    await client.hello(token)
    ready = await client.hear()
    assert ready["type"] == "ready"
    assert ready["seq"] == 0
    assert ready["user"] == {"id": ada.pk, "username": "ada"}
    assert ready["expires_at"].endswith("Z")


async def test_what_happened_before_is_replayed_in_order_and_once(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    await sync_to_async(upload)(ada, count=5)
    client = await sockets()
    await client.hello(token, after=0)
    assert (await client.hear())["type"] == "ready"
    heard = await client.hear_events(6)
    assert [event["seq"] for event in heard] == [1, 2, 3, 4, 5, 6]
    assert heard[0]["kind"] == "upload.created"
    assert heard[1]["data"]["state"] == "queued"
    assert await client.wire.receive_nothing(timeout=0.5)


async def test_replay_goes_on_after_what_the_client_has_seen(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    await sync_to_async(upload)(ada, count=3)
    epoch = (await sync_to_async(replay.position)(ada.pk)).epoch
    client = await sockets()
    await client.hello(token, epoch=epoch, after=2)
    await client.hear()
    assert [event["seq"] for event in await client.hear_events(2)] == [3, 4]


async def test_events_arrive_though_half_of_all_hints_are_lost(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    client = await sockets()
    await client.hello(token)
    await client.hear()
    for _ in range(5):
        await sync_to_async(upload)(ada)
    heard = await client.hear_events(10)
    assert [event["seq"] for event in heard] == list(range(1, 11))


@pytest.mark.usefixtures("faithful_layer")
async def test_a_hint_brings_an_event_without_waiting_for_the_poll(
    sockets: Connect, ada: User, token: str, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected, "poll_seconds", 3600)
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await sync_to_async(upload)(ada)
    assert [event["seq"] for event in await client.hear_events(2)] == [1, 2]


@pytest.mark.parametrize(
    ("epoch", "after"),
    [("00000000-0000-0000-0000-000000000000", 1), (None, 999), ("nonsense", 0)],
)
async def test_a_client_that_cannot_be_brought_up_to_date_is_told_to_reload(
    sockets: Connect, ada: User, token: str, upload: Uploads, epoch: str | None, after: int
) -> None:
    await sync_to_async(upload)(ada)
    client = await sockets()
    await client.hello(token, epoch=epoch, after=after)
    reset = await client.hear()
    assert reset["type"] == "reset"
    assert reset["seq"] == 2
    assert (await client.hear())["type"] == "ready"
    await sync_to_async(upload)(ada)
    assert [event["seq"] for event in await client.hear_events(2)] == [3, 4]


def remove_events(**which: int) -> None:
    with append_only.removal():
        Event.objects.filter(**which).delete()


async def test_events_that_retention_removed_lead_to_a_reset(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    await sync_to_async(upload)(ada, count=4)
    await sync_to_async(remove_events)(seq__lte=3)
    client = await sockets()
    await client.hello(token, after=1)
    assert (await client.hear())["type"] == "reset"


async def test_another_users_events_are_never_heard(
    sockets: Connect, ada: User, bob: User, token: str, upload: Uploads
) -> None:
    client = await sockets()
    await client.hello(token, after=0)
    await client.hear()
    await sync_to_async(upload)(bob, count=3)
    assert await client.wire.receive_nothing(timeout=0.8)


async def test_a_client_that_acknowledges_nothing_is_paused_and_then_closed(
    sockets: Connect, ada: User, token: str, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_module, "WINDOW", 4)
    monkeypatch.setattr(window_module, "TIMEOUT_SECONDS", 1.0)
    await sync_to_async(upload)(ada, count=9)
    client = await sockets()
    await client.hello(token, after=0)
    await client.hear()
    assert [event["seq"] for event in await client.hear_events(4)] == [1, 2, 3, 4]
    assert await client.closed_with() == 4408


async def test_a_client_that_acknowledges_is_sent_the_rest(
    sockets: Connect, ada: User, token: str, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_module, "WINDOW", 4)
    await sync_to_async(upload)(ada, count=9)
    client = await sockets()
    await client.hello(token, after=0)
    await client.hear()
    seqs = []
    for _ in range(10):
        (event,) = await client.hear_events(1)
        seqs.append(event["seq"])
        await client.say({"type": "ack", "seq": event["seq"]})
    assert seqs == list(range(1, 11))


@pytest.mark.usefixtures("faithful_layer")
async def test_progress_reaches_its_user(sockets: Connect, ada: User, token: str) -> None:
    client = await sockets()
    await client.hello(token)
    await client.hear()
    message = {"type": "progress", "prediction": 1, "stage": "detect", "fraction": 0.5}
    await bus.progress(ada.pk, message)
    assert await client.hear() == message


async def test_a_socket_and_rest_tell_the_same(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    stored = await sync_to_async(upload)(ada, count=2)
    await sync_to_async(services.delete)(stored, A_WORKER)
    client = await sockets()
    await client.hello(token, after=0)
    await client.hear()
    heard = await client.hear_events(6)
    assert heard == await sync_to_async(replay.read)(ada.pk, after=0, limit=100)


def test_the_poll_is_often_enough_for_the_promise() -> None:
    assert connected_module.POLL_SECONDS <= 15
