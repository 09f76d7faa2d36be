"""Programs with an API key at the websocket."""

import pytest

from consumers.database import in_database
from consumers.socket.progress import NOT_AUTHENTICATED, SIGNED_OUT
from tests.integration.conftest import Uploads, predictions
from tests.integration.keys import key_of
from tests.integration.socket.conftest import Connect
from uploads.events import Actor
from uploads.models import ApiKey, Scope, User
from uploads.sign_in import keys

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_key_says_hello_and_hears_of_what_happens(
    ada: User, sockets: Connect, upload: Uploads
) -> None:
    client = await sockets()
    await client.hello(await in_database(key_of, ada), after=0)
    ready = await client.hear()
    assert (ready["type"], ready["expires_at"]) == ("ready", None)
    await in_database(upload, ada)
    assert [one["kind"] for one in await client.hear_events(2)] == [
        "upload.created",
        "prediction.queued",
    ]


async def test_revoking_a_key_closes_its_sockets_and_no_others(
    ada: User, sockets: Connect, token: str, faithful_layer: None
) -> None:
    by_key, by_sign_in = await sockets(), await sockets()
    await by_key.hello(await in_database(key_of, ada))
    await by_sign_in.hello(token)
    for client in (by_key, by_sign_in):
        assert (await client.hear())["type"] == "ready"
    await in_database(lambda: keys.revoke(ApiKey.objects.get(), Actor()))
    assert await by_key.closed_with() == SIGNED_OUT
    await by_sign_in.say({"type": "nonsense"})
    assert (await by_sign_in.hear())["code"] == "unknown_type"


async def test_a_wrong_key_is_refused(db: None, sockets: Connect) -> None:
    client = await sockets()
    await client.hello(f"drk_{'0' * 12}_{'0' * 64}")
    assert await client.closed_with() == NOT_AUTHENTICATED


async def test_a_key_that_may_not_read_hears_nothing(ada: User, sockets: Connect) -> None:
    client = await sockets()
    await client.hello(await in_database(key_of, ada, Scope.WRITE))
    assert (await client.hear())["code"] == "scope_missing"
    assert await client.closed_with() == SIGNED_OUT


async def test_a_key_that_only_reads_cancels_nothing(
    ada: User, sockets: Connect, upload: Uploads
) -> None:
    rows = await in_database(lambda: predictions(upload(ada)))
    client = await sockets()
    await client.hello(await in_database(key_of, ada, Scope.READ))
    await client.hear()
    await client.say({"type": "cancel", "prediction": rows[0].pk})
    assert (await client.hear())["code"] == "scope_missing"
