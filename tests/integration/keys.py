"""API keys as programs hold them."""

from typing import Any

from rest_framework.test import APIClient

from uploads.events import Actor
from uploads.models import Scope, User
from uploads.sign_in import keys

MOMENTS_AGO = "2020-01-01T00:00:00Z"


def made(client: APIClient, *scopes: str, **fields: Any) -> dict[str, Any]:
    """A key that a signed-in client makes, as it is shown once."""
    body = {"name": "nightly", "scopes": list(scopes) or ["read", "write", "infer"], **fields}
    answer = client.post("/api/keys/", body, format="json")
    assert answer.status_code == 201, answer.content
    shown: dict[str, Any] = answer.json()
    return shown


def key_of(user: User, *scopes: Scope) -> str:
    """The text of a new key of this user, with all scopes unless told otherwise."""
    return keys.make(user, "nightly", list(scopes or Scope), None, Actor())[1]


def with_key(key: str, scheme: str = "Api-Key", **headers: str) -> APIClient:
    """A program that has this key."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {key}", **headers)
    return client
