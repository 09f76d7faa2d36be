"""Log lines: they never carry a token, whatever goes wrong."""

import json
import logging
from typing import Any

import pytest
from rest_framework.test import APIClient

from project import logs
from tests.integration.rest import PASSWORD
from uploads.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["json", "console"])
def formatter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The formatter of a process that logs in this format, and no other change to logging."""
    made: dict[str, Any] = {}
    monkeypatch.setattr("logging.config.dictConfig", made.update)
    logs.configure(request.param)
    settings = dict(made["formatters"]["lines"])
    return settings.pop("()")(**settings)


@pytest.fixture
def lines(formatter: Any) -> Any:
    """Everything that is logged, as it would be written."""
    written: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(formatter.format(record))

    collector = Collector(logging.DEBUG)
    root = logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(collector)
    root.setLevel(level)


def test_no_line_carries_a_token_or_a_password(
    ada: User, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = APIClient()
    body = {"username": "ada", "password": PASSWORD}
    pair = client.post("/api/token/", body, format="json").json()
    access, refresh = pair["access"], pair["refresh"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")

    def bug(*_: Any) -> None:
        raise RuntimeError(f"It came with {access}.")

    monkeypatch.setattr("uploads.api.queries.uploads_of", bug)
    client.raise_request_exception = False
    assert client.get(f"/api/uploads/?token={access}").status_code == 500
    assert client.get(f"/api/nonsense/?token={access}").status_code == 404
    client.post("/api/token/blacklist/", {"refresh": refresh}, format="json")
    logging.getLogger("darkroom.test").warning(
        "refused", extra={"Authorization": "Basic x-y-z", "token": "t-o-k", "url": f"/?t={refresh}"}
    )
    text = "\n".join(lines)
    assert "It came with" in text
    for secret in (access, refresh, PASSWORD, "x-y-z", "t-o-k"):
        assert secret not in text


def test_a_line_carries_its_requests_id(
    ada: User, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> None:
        logging.getLogger("darkroom.test").warning("a bug")
        raise RuntimeError

    monkeypatch.setattr("uploads.api.requests.upload_request", bug)
    monkeypatch.setattr("uploads.sign_in.tokens.identify", bug)
    client = APIClient(headers={"X-Request-ID": "abc-123", "Authorization": "Bearer x"})
    client.raise_request_exception = False
    client.get("/api/uploads/")
    (line,) = (line for line in lines if "a bug" in line)
    assert "abc-123" in line
    if line.startswith("{"):
        assert json.loads(line)["request_id"] == "abc-123"
