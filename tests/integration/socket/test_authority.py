"""Who may hold a websocket, and every way it is closed."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from consumers.socket import progress as progress_module
from consumers.socket.connected import connected
from tests.integration.socket.conftest import Client, Connect
from uploads.events import Actor
from uploads.models import User
from uploads.sign_in import tokens

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_silence_is_closed(sockets: Connect) -> None:
    client = await sockets()
    assert await client.closed_with() == 4401


@pytest.mark.parametrize("bad", ["", "nonsense", "a.b.c", "\ud800", "\0", "é.b.c", "." * 5000])
async def test_a_bad_token_is_closed(sockets: Connect, bad: str) -> None:
    client = await sockets()
    await client.hello(bad)
    assert await client.closed_with() == 4401


async def test_a_refresh_token_opens_nothing(sockets: Connect, ada: User) -> None:
    refresh = (await sync_to_async(tokens.sign_in)(ada, Actor()))[1]
    client = await sockets()
    await client.hello(refresh)
    assert await client.closed_with() == 4401


async def test_signing_out_closes_this_sign_ins_sockets_and_no_others(
    sockets: Connect, ada: User, faithful_layer: None
) -> None:
    (access, refresh), (other, _) = [
        await sync_to_async(tokens.sign_in)(ada, Actor()) for _ in range(2)
    ]
    mine, another = await sockets(), await sockets()
    for client, one in ((mine, access), (another, other)):
        await client.hello(one)
        await client.hear()
    await sync_to_async(sign_out)(refresh)
    assert await mine.closed_with() == 4403
    assert await another.wire.receive_nothing(timeout=0.5)


async def test_a_disabled_user_is_closed_out(
    sockets: Connect, ada: User, token: str, faithful_layer: None
) -> None:
    client = await sockets()
    await client.hello(token)
    await client.hear()
    ada.is_active = False
    await sync_to_async(ada.save)()
    assert await client.closed_with() == 4403


async def test_a_new_password_closes_sockets_of_the_old_one(
    sockets: Connect, ada: User, token: str, faithful_layer: None
) -> None:
    client = await sockets()
    await client.hello(token)
    await client.hear()
    ada.set_password("safelight-43")
    await sync_to_async(ada.save)()
    assert await client.closed_with() == 4403


async def test_a_lost_sign_out_message_is_made_up_for(
    sockets: Connect, ada: User, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_module, "RECHECK_SECONDS", 0.5)
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await sync_to_async(User.objects.filter(pk=ada.pk).update)(is_active=False)
    assert await client.closed_with() == 4403


async def test_who_signs_out_while_a_socket_says_hello_ends_it_as_well(
    sockets: Connect, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    access, refresh = await sync_to_async(tokens.sign_in)(ada, Actor())
    add = connected.add

    async def late(*place: Any, **wishes: Any) -> bool:
        await sync_to_async(sign_out)(refresh)
        return await add(*place, **wishes)

    monkeypatch.setattr(connected, "add", late)
    client = await sockets()
    await client.hello(access)
    assert await client.closed_with() == 4403


def sign_out(refresh: str) -> None:
    tokens.sign_out(refresh, Actor())


def short_lived(token: str, seconds: float) -> str:
    claims = AccessToken(token)  # type: ignore[arg-type]
    claims.set_exp(lifetime=timedelta(seconds=seconds))
    return str(claims)


async def test_an_expiring_token_is_announced_and_can_be_renewed(
    sockets: Connect, token: str
) -> None:
    client = await sockets()
    await client.hello(short_lived(token, 30))
    await client.hear()
    notice = await client.hear()
    assert notice["type"] == "auth.expiring"
    await client.say({"type": "auth", "token": token})
    assert await client.wire.receive_nothing(timeout=1.5)


async def test_an_expired_token_closes_its_socket(sockets: Connect, token: str) -> None:
    client = await sockets()
    await client.hello(short_lived(token, 2))
    await client.hear()
    before = timezone.now()
    assert await client.closed_with() == 4401
    assert timezone.now() - before < timedelta(seconds=4)


async def test_a_socket_cannot_become_another_user(
    sockets: Connect, ada: User, bob: User, token: str
) -> None:
    other = (await sync_to_async(tokens.sign_in)(bob, Actor()))[0]
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await client.say({"type": "auth", "token": other})
    assert await client.closed_with() == 4401


async def test_the_next_socket_over_the_limit_is_refused(
    sockets: Connect, token: str, settings: Any
) -> None:
    settings.MAX_SOCKETS_PER_USER = 2
    for _ in range(2):
        client = await sockets()
        await client.hello(token)
        assert (await client.hear())["type"] == "ready"
    client = await sockets()
    await client.hello(token)
    assert await client.closed_with() == 4429


async def test_a_foreign_page_cannot_connect() -> None:
    foreign = Client(origin="https://elsewhere.example", host="darkroom.example")
    accepted, _ = await foreign.wire.connect()
    assert not accepted


async def test_a_page_of_this_server_can_connect(sockets: Connect) -> None:
    await sockets(origin="https://darkroom.example", host="darkroom.example")
