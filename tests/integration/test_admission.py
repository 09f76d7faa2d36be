"""What is refused by a request's head, before its body is asked for."""

import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from project.admission import SMALL_BODY_BYTES, judge
from project.server.errors import Refusal
from project.server.head import Head
from tests.integration.rest import refused
from uploads.events import Actor
from uploads.models import Session, User
from uploads.sign_in import tokens

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def access(transactional_db: None, ada: User) -> str:
    token, _ = tokens.sign_in(ada, Actor())
    return token


async def judged(method: str, target: str, **headers: str) -> Refusal | None:
    path, _, query = target.partition("?")
    length = headers.get("content_length")
    return await judge(
        Head(
            method=method.encode(),
            path=path.encode(),
            query=query.encode(),
            headers=tuple(
                (name.lower().replace("_", "-").encode(), value.encode())
                for name, value in headers.items()
            ),
            client="192.0.2.7",
            length=None if length is None else int(length),
        )
    )


def told(refusal: Refusal | None) -> tuple[int, str]:
    """The status and code of a refusal."""
    assert refusal is not None
    body: dict[str, Any] = json.loads(refusal.body)
    return refusal.status, body["code"]


GUARDED = [
    ("POST", "/api/uploads/"),
    ("POST", "/api/uploads/?wait=5&partial=1"),
    ("POST", "/api/images/1/predictions/"),
    ("POST", "/api/predictions/1/cancel/"),
    ("DELETE", "/api/uploads/1/"),
    ("PUT", "/api/uploads/"),
    ("GET", "/api/users/me/"),
]


@pytest.mark.parametrize(("method", "target"), GUARDED)
async def test_nobody_sends_a_body_without_a_token(method: str, target: str) -> None:
    refusal = await judged(method, target)
    assert told(refusal) == (401, "not_authenticated")
    assert refusal is not None
    assert dict(refusal.headers)["WWW-Authenticate"] == 'Bearer realm="darkroom"'


async def test_a_token_is_believed_as_views_believe_it(access: str, ada: User) -> None:
    upload = {"authorization": f"Bearer {access}", "content_type": "multipart/form-data"}
    assert await judged("POST", "/api/uploads/", **upload) is None
    for wrong in ("x", access[:-2], f"{access}x", "\xff"):
        refusal = await judged("POST", "/api/uploads/", authorization=f"Bearer {wrong}")
        assert told(refusal) == (401, "token_not_valid")
    ended = AccessToken(access)  # type: ignore[arg-type]  # it takes text
    ended.set_exp(from_time=timezone.now() - timedelta(hours=2))
    refusal = await judged("POST", "/api/uploads/", authorization=f"Bearer {ended}")
    assert told(refusal) == (401, "token_not_valid")
    await sync_to_async(Session.objects.update)(ended_at=timezone.now())
    assert told(await judged("POST", "/api/uploads/", **upload)) == (401, "signed_out")


async def test_a_small_body_with_a_sound_token_comes_in_and_its_view_says_the_rest(
    access: str,
) -> None:
    headers = {"authorization": f"Bearer {access}"}
    await sync_to_async(Session.objects.update)(ended_at=timezone.now())
    assert (
        await judged("POST", "/api/uploads/", content_length=str(SMALL_BODY_BYTES), **headers)
        is None
    )
    large = await judged(
        "POST", "/api/uploads/", content_length=str(SMALL_BODY_BYTES + 1), **headers
    )
    assert told(large) == (401, "signed_out")
    for wrong in ("", f"Bearer {access}x", f"Basic {access}"):
        small = await judged("POST", "/api/uploads/", content_length="1", authorization=wrong)
        assert told(small)[0] == 401
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {access}")
    answer = await sync_to_async(client.post)("/api/uploads/", {"model": "x"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"


async def test_a_small_body_without_a_token_is_refused_before_it_comes() -> None:
    refusal = await judged("POST", "/api/uploads/", content_length="10")
    assert told(refusal) == (401, "not_authenticated")


async def test_a_token_that_was_sound_is_not_once_its_time_has_come(
    access: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"authorization": f"Bearer {access}"}
    assert await judged("POST", "/api/uploads/", content_length="10", **headers) is None
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr("uploads.sign_in.claims.timezone.now", lambda: later)
    refusal = await judged("POST", "/api/uploads/", content_length="10", **headers)
    assert told(refusal) == (401, "token_not_valid")


@pytest.mark.parametrize("content_type", ["application/json", "image/png", "multipart/mixed", ""])
async def test_an_upload_of_another_type_is_refused_before_it_comes(
    access: str, content_type: str
) -> None:
    headers = {"authorization": f"Bearer {access}", "content_type": content_type}
    refusal = await judged("POST", "/api/uploads/", **headers)
    assert told(refusal) == (415, "unsupported_media_type")
    # What takes no file has small bodies, and some are not read at all.
    assert await judged("POST", "/api/predictions/1/cancel/", **headers) is None
    assert await judged("GET", "/api/uploads/", **headers) is None


async def test_a_method_that_is_not_offered_is_told_so(access: str) -> None:
    refusal = await judged("PUT", "/api/uploads/", authorization=f"Bearer {access}")
    assert told(refusal) == (405, "method_not_allowed")
    assert refusal is not None
    assert dict(refusal.headers)["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "target",
    ["/api/token/", "/api/token/refresh/", "/api/users/", "/admin/login/", "/healthz", "/"],
)
async def test_open_addresses_take_bodies_from_everybody(target: str) -> None:
    assert await judged("POST", target) is None


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/api/uploads", "/api/uploads/"),
        ("/api/uploads?wait=5", "/api/uploads/?wait=5"),
        ("/api/images/1/predictions", "/api/images/1/predictions/"),
        ("/api/token", "/api/token/"),
    ],
)
async def test_an_address_without_its_slash_is_sent_on(target: str, location: str) -> None:
    refusal = await judged("POST", target)
    assert told(refusal) == (308, "missing_slash")
    assert refusal is not None
    assert dict(refusal.headers)["Location"] == location


def test_a_reader_is_sent_on_too(client: APIClient) -> None:
    answer = client.get("/api/uploads", {"page_size": 5})
    refused(answer, 308, "missing_slash")
    assert answer["Location"] == "/api/uploads/?page_size=5"


@pytest.mark.parametrize("target", ["/api/upload/", "/x", "/api/uploads/x/", "//evil.example/api"])
async def test_an_address_that_is_not_there_is_a_404_whatever_comes(target: str) -> None:
    for method in ("POST", "GET"):
        assert told(await judged(method, target)) == (404, "not_found")


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "gzip, gzip", "zstd"])
async def test_a_compressed_body_is_told_what_is_read(access: str, coding: str) -> None:
    headers = {"authorization": f"Bearer {access}", "content_type": "multipart/form-data"}
    for target in ("/api/uploads/", "/api/token/", "/admin/login/", "/"):
        refusal = await judged("POST", target, **headers, content_encoding=coding)
        assert told(refusal) == (415, "unsupported_content_encoding")
        assert refusal is not None
        assert dict(refusal.headers)["Accept-Encoding"] == "identity"
        assert coding in json.loads(refusal.body)["message"]


def test_django_says_the_same_of_a_compressed_body(client: APIClient) -> None:
    answer = client.post(
        "/api/token/", b"\x1f\x8b", "application/json", headers={"Content-Encoding": "gzip"}
    )
    refused(answer, 415, "unsupported_content_encoding")


async def test_the_protocol_refuses_in_its_own_shape(access: str) -> None:
    refusal = await judged("POST", "/v2/models/ocr/infer")
    assert refusal is not None
    assert (refusal.status, list(json.loads(refusal.body))) == (401, ["error"])
    unknown = await judged("POST", "/v2/nothing", authorization=f"Bearer {access}")
    assert unknown is not None
    assert unknown.status == 404
    bearer = {"authorization": f"Bearer {access}"}
    assert await judged("POST", "/v2/models/ocr/infer", content_encoding="gzip", **bearer) is None
    assert await judged("GET", "/v2/health/live") is None


@pytest.mark.parametrize(
    "content_type", ["a/b; c*=x''y", "multipart/form-data; charset*=bogus''x", "\xff; \xff"]
)
async def test_a_head_that_cannot_be_read_is_refused(content_type: str) -> None:
    refusal = await judged("POST", "/api/token/", content_type=content_type)
    assert refusal is None or told(refusal) == (400, "malformed")
