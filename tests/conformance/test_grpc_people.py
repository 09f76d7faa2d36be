"""A worker's endpoint with real people at it: their tokens, their rights, and what they used."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import tritonclient.grpc.aio as triton
from django.contrib.auth.models import Permission
from tritonclient.utils import InferenceServerException

from consumers.database import in_database
from consumers.oip import auth
from consumers.oip.commands import Commands
from consumers.oip.endpoint import Address, open_endpoint
from consumers.worker.usage import Meter
from inference.engine.engine import Engine
from tests.conformance import models
from tests.conformance.asking import SUM, images, summands
from tests.conformance.server import LIMITS
from tests.photos import tiny
from uploads.events import Actor
from uploads.models import Usage, User
from uploads.sign_in import tokens

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass
class Entrance:
    """An open endpoint, and what is counted behind it."""

    client: triton.InferenceServerClient
    meter: Meter

    async def add(self, token: str) -> Any:
        """Has `adder` compute."""
        who = {"authorization": f"Bearer {token}"}
        return await self.client.infer("adder", summands(), "stable", headers=who)


@pytest_asyncio.fixture
async def entrance(tmp_path: Path) -> AsyncIterator[Entrance]:
    models.write(tmp_path / "models")
    engine = Engine([tmp_path / "models"], LIMITS)
    await engine.start()
    meter = Meter()
    endpoint = await open_endpoint(engine, Commands(), meter, grpc=Address("127.0.0.1", 0))
    async with triton.InferenceServerClient(endpoint.grpc_address) as client:
        yield Entrance(client, meter)
    await endpoint.close(5)
    await engine.stop(5)


async def signed_in(user: User) -> str:
    access, _ = await in_database(tokens.sign_in, user, Actor())
    return access


async def test_whoever_is_signed_in_may_ask_and_is_counted(entrance: Entrance, ada: User) -> None:
    token = await signed_in(ada)
    assert np.array_equal((await entrance.add(token)).as_numpy("sum"), SUM)
    who = {"authorization": f"Bearer {token}"}
    await entrance.client.infer("brightness", [images(tiny(), tiny(), tiny())], headers=who)
    with pytest.raises(InferenceServerException):
        await entrance.client.infer("brightness", [images(b"no image")], headers=who)
    await entrance.meter.flush()
    rows = await in_database(lambda: list(Usage.objects.order_by("model")))
    counts = [
        (row.user_id, row.model, row.version, row.protocol, row.requests, row.items, row.failures)
        for row in rows
    ]
    # Both requests of images fall into one minute or into two.
    assert counts[0] == (ada.pk, "adder", "1", "grpc", 1, 2, 0)
    assert {count[:4] for count in counts[1:]} == {(ada.pk, "brightness", "1", "grpc")}
    assert [sum(column) for column in zip(*(count[4:] for count in counts[1:]), strict=True)] == [
        2,
        4,
        1,
    ]
    assert all(row.compute_ms > 0 for row in rows if not row.failures)


async def test_whoever_signs_out_is_refused_within_seconds(
    entrance: Entrance, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "REMEMBER_SECONDS", 0.0)
    token = await signed_in(ada)
    await entrance.add(token)
    await in_database(ada.end_sessions)
    with pytest.raises(InferenceServerException) as raised:
        await entrance.add(token)
    assert raised.value.status() == "StatusCode.UNAUTHENTICATED"
    assert raised.value.message() == "You have been signed out."


async def test_only_who_has_the_permission_commands(entrance: Entrance, ada: User) -> None:
    who = {"authorization": f"Bearer {await signed_in(ada)}"}
    with pytest.raises(InferenceServerException) as raised:
        await entrance.client.load_model("adder", headers=who)
    assert raised.value.status() == "StatusCode.PERMISSION_DENIED"
    permission = await in_database(Permission.objects.get, codename="manage_models")
    await in_database(ada.user_permissions.add, permission)
    who = {"authorization": f"Bearer {await signed_in(ada)}"}
    with pytest.raises(InferenceServerException) as raised:
        await entrance.client.load_model("adder", headers=who)
    # It is commanded to the workers in the catalog, and there are none.
    assert raised.value.status() == "StatusCode.UNAVAILABLE"
    assert "No worker" in raised.value.message()


async def test_no_token_is_written_into_the_log(
    entrance: Entrance, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    token = await signed_in(ada)
    await entrance.add(token)
    with pytest.raises(InferenceServerException):
        await entrance.add(token[:-1])
    assert token[:-1] not in caplog.text
