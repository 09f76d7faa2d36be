"""Handshakes where there is no websocket."""

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from project.asgi import application
from tests.conftest import SEED

DENIAL: dict[str, Any] = {"websocket.http.response": {}}


async def denied(path: str) -> int:
    """The status that a handshake is refused with."""
    wire = WebsocketCommunicator(application, "/")
    # Not by the communicator, which takes some for addresses that it cannot read.
    wire.scope |= {"path": path, "extensions": DENIAL}
    await wire.send_input({"type": "websocket.connect"})
    start, body = await wire.receive_output(), await wire.receive_output()
    assert (start["type"], body["body"]) == ("websocket.http.response.start", b"")
    await wire.wait()
    return int(start["status"])


@pytest.mark.parametrize(
    "path", ["/", "/ws/", "/ws/progress", "/ws/progress//", "/ws/progress/\ufffd", "/x" * 999, "//"]
)
async def test_a_handshake_where_no_socket_is_is_not_found(path: str) -> None:
    assert await denied(path) == 404


async def test_a_server_that_knows_no_statuses_is_told_to_close() -> None:
    wire = WebsocketCommunicator(application, "/ws/")
    accepted, _ = await wire.connect()
    assert not accepted


@seed(SEED)
@settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(path=st.text().map("/{}".format).filter(lambda path: path != "/ws/progress/"))
async def test_any_other_path_is_not_found(path: str) -> None:
    assert await denied(path) == 404
