"""`?wait=`: one request that shows a result."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.test import AsyncClient
from rest_framework.test import APIClient

from project.handler import SpooledHandler
from tests.darkroom import until
from tests.integration.rest import MULTIPART, file, multipart, refused, succeed, uploaded
from uploads.api import queries
from uploads.events import Actor
from uploads.models import Prediction, User
from uploads.sign_in import tokens

LONG = 20


@pytest.fixture
def bearer(transactional_db: None, ada: User, models: None) -> dict[str, str]:
    access, _ = tokens.sign_in(ada, Actor())
    return {"Authorization": f"Bearer {access}"}


def the_first() -> int:
    """The id of the first prediction, once there is one."""
    try:
        found: int = until(
            lambda: Prediction.objects.values_list("pk", flat=True).first(), "a prediction"
        )
        return found
    finally:
        connection.close()


async def test_a_post_that_waits_answers_with_the_result(bearer: dict[str, str]) -> None:
    started = time.monotonic()
    answer = asyncio.ensure_future(
        AsyncClient().post(
            f"/api/uploads/?wait={LONG}",
            multipart(file()),
            content_type=MULTIPART,
            headers=bearer,
        )
    )
    pk = await sync_to_async(the_first, thread_sensitive=False)()
    assert not answer.done()
    await sync_to_async(succeed)(pk)
    response = await answer
    assert time.monotonic() - started < LONG
    assert response.status_code == 202
    body = response.json()
    assert response["Location"] == f"/api/uploads/{body['id']}/"
    assert body["counts"]["succeeded"] == 1
    assert body["images"][0]["prediction"]["output"]["text"] == "hello"


async def test_a_get_that_waits_answers_as_soon_as_all_have_ended(bearer: dict[str, str]) -> None:
    client = AsyncClient()
    posted = await client.post(
        "/api/uploads/", multipart(file(), file()), content_type=MULTIPART, headers=bearer
    )
    url = posted["Location"]
    waiting = asyncio.ensure_future(client.get(f"{url}?wait={LONG}", headers=bearer))
    first, second = (image["prediction"]["id"] for image in posted.json()["images"])
    await sync_to_async(succeed)(first)
    await asyncio.wait([waiting], timeout=0.3)
    assert not waiting.done()
    await sync_to_async(succeed)(second)
    response = await waiting
    assert response.status_code == 200
    assert response.json()["counts"]["succeeded"] == 2


async def test_a_wait_that_runs_out_answers_with_what_there_is(bearer: dict[str, str]) -> None:
    answer = await AsyncClient().post(
        "/api/uploads/?wait=0.1", multipart(file()), content_type=MULTIPART, headers=bearer
    )
    assert answer.status_code == 202
    assert answer.json()["counts"]["queued"] == 1


async def test_those_who_wait_hold_up_nobody(bearer: dict[str, str]) -> None:
    client = AsyncClient()
    posted = await client.post(
        "/api/uploads/", multipart(file()), content_type=MULTIPART, headers=bearer
    )
    url = posted["Location"]
    waiting = [
        asyncio.ensure_future(client.get(f"{url}?wait={LONG}", headers=bearer)) for _ in range(30)
    ]
    async with asyncio.timeout(LONG / 2):
        assert (await client.get(url, headers=bearer)).json()["counts"]["queued"] == 1
    assert not any(one.done() for one in waiting)
    await sync_to_async(succeed)(posted.json()["images"][0]["prediction"]["id"])
    answers = await asyncio.gather(*waiting)
    assert {answer.json()["counts"]["succeeded"] for answer in answers} == {1}


async def test_all_who_wait_share_one_question(
    bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(upload_ids: list[int]) -> set[int]:
        asked.append(len(upload_ids))
        return unfinished_among(upload_ids)

    unfinished_among = queries.unfinished_among
    monkeypatch.setattr(queries, "unfinished_among", counted)
    client = AsyncClient()
    urls = []
    for _ in range(5):
        posted = await client.post(
            "/api/uploads/", multipart(file()), content_type=MULTIPART, headers=bearer
        )
        urls.append(posted["Location"])
    await asyncio.gather(*[client.get(f"{url}?wait=1", headers=bearer) for url in urls * 4])
    # Each for itself would have asked four times a second.
    assert 1 <= len(asked) < 20
    assert max(asked) <= 5


async def test_one_wait_too_many_is_answered_at_once(bearer: dict[str, str], settings: Any) -> None:
    settings.MAX_WAITS_PER_USER = 1
    client = AsyncClient()
    posted = await client.post(
        "/api/uploads/", multipart(file()), content_type=MULTIPART, headers=bearer
    )
    url = f"{posted['Location']}?wait={LONG}"
    waiting = [asyncio.ensure_future(client.get(url, headers=bearer)) for _ in range(2)]
    done, left = await asyncio.wait(waiting, timeout=LONG / 2, return_when=asyncio.FIRST_COMPLETED)
    (answer,) = [one.result() for one in done]
    assert (answer.status_code, answer.json()["counts"]["queued"]) == (200, 1)
    await sync_to_async(succeed)(posted.json()["images"][0]["prediction"]["id"])
    (other,) = await asyncio.gather(*left)
    assert other.json()["counts"]["succeeded"] == 1


async def test_a_client_that_goes_away_ends_its_wait(bearer: dict[str, str], media: Path) -> None:
    body = multipart(file())
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/uploads/",
        "query_string": f"wait={LONG}".encode(),
        "headers": [
            (b"host", b"localhost"),
            (b"authorization", bearer["Authorization"].encode()),
            (b"content-type", MULTIPART.encode()),
            (b"content-length", str(len(body)).encode()),
        ],
    }
    communicator: Any = ApplicationCommunicator
    request = communicator(SpooledHandler(), scope)
    await request.send_input({"type": "http.request", "body": body})
    await sync_to_async(the_first, thread_sensitive=False)()
    await request.send_input({"type": "http.disconnect"})
    await request.wait(LONG / 2)
    assert not list((media / ".incoming").iterdir())


@pytest.mark.django_db
def test_nobody_waits_for_what_has_ended(as_ada: APIClient) -> None:
    body = uploaded(as_ada)
    succeed(body["images"][0]["prediction"]["id"])
    started = time.monotonic()
    answer = as_ada.get(f"/api/uploads/{body['id']}/?wait=60")
    assert answer.json()["counts"]["succeeded"] == 1
    assert time.monotonic() - started < LONG


@pytest.mark.django_db
@pytest.mark.parametrize("wait", ["x", "-1", "nan", "1,5", "\0"])
def test_a_wait_that_is_no_time_is_refused_before_anything_is_stored(
    as_ada: APIClient, wait: str
) -> None:
    answer = as_ada.post(f"/api/uploads/?wait={wait}", multipart(file()), content_type=MULTIPART)
    body = refused(answer, 400, "invalid")
    assert body["errors"][0]["field"] == "wait"
    assert not Prediction.objects.exists()


@pytest.mark.parametrize("wait", ["x", "nan", "-1", "-inf", "1,5", "%00", "%ff"])
def test_a_time_that_is_none_is_refused_in_the_list_and_for_one(
    as_ada: APIClient, wait: str
) -> None:
    pk = uploaded(as_ada)["id"]
    for url in ("/api/uploads/", f"/api/uploads/{pk}/"):
        body = refused(as_ada.get(f"{url}?wait={wait}"), 400, "invalid")
        assert [fault["field"] for fault in body["errors"]] == ["wait"]


@pytest.mark.parametrize("wait", ["1e999", "0", "", "60", "1e-9"])
def test_a_list_waits_for_nothing(as_ada: APIClient, wait: str) -> None:
    uploaded(as_ada)
    assert as_ada.get(f"/api/uploads/?wait={wait}").status_code == 200
