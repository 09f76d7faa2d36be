"""Pages of other origins: those that are allowed may call the API, by tokens alone."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

pytestmark = pytest.mark.django_db(transaction=True)

GALLERY = "https://gallery.example"
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "x"}


def ask(path: str, origin: str, method: str = "GET", **headers: str) -> Any:
    async def asked() -> Any:
        client = AsyncClient()
        return await client.generic(method, path, headers={"origin": origin, **headers})

    return async_to_sync(asked)()


@pytest.fixture(autouse=True)
def _allowed(settings: Any) -> None:
    settings.ALLOWED_ORIGINS = [GALLERY]


@pytest.mark.parametrize("path", ["/api/uploads/", "/api/limits/", "/v2/health/live"])
def test_a_page_that_is_allowed_reads_answers_and_refusals(path: str) -> None:
    answer = ask(path, GALLERY)
    assert answer["Access-Control-Allow-Origin"] == GALLERY
    assert "Retry-After" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Origin" in answer["Vary"]


def test_a_browser_is_told_before_it_sends_what_it_may() -> None:
    answer = ask("/api/uploads/", GALLERY, "OPTIONS", **PREFLIGHT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == GALLERY
    assert {"Authorization", "Idempotency-Key"} <= {
        name.strip() for name in answer["Access-Control-Allow-Headers"].split(",")
    }


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/api/uploads/", "https://other.example"),
        ("/api/uploads/", "http://gallery.example"),
        ("/api/uploads/", "null"),
        ("/api/uploads/", "https://gallery.example.evil.example"),
        ("/admin/login/", GALLERY),
        ("/", GALLERY),
    ],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_nobody_else_is_and_the_admin_is_nobodys(path: str, origin: str, method: str) -> None:
    answer = ask(path, origin, method, **PREFLIGHT)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_without_a_list_there_is_nothing_of_it(settings: Any) -> None:
    settings.ALLOWED_ORIGINS = []
    answer = ask("/api/uploads/", GALLERY)
    assert "Access-Control-Allow-Origin" not in answer
    assert "Origin" not in answer.get("Vary", "")
