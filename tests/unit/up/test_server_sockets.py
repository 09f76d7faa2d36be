"""Websockets that end while the application talks."""

from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from project.server.websocket import Socket
from tests.unit.up.toys import ToyServer

Start = Callable[..., ToyServer]


def test_an_application_may_close_for_an_error_of_its_own(toy_server: Start) -> None:
    server = toy_server()
    with connect(f"ws://127.0.0.1:{server.port}/broken") as websocket:
        websocket.recv()
        with pytest.raises(ConnectionClosed) as closed:
            websocket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    server.lines.until("left")


@pytest.mark.parametrize("state", [Socket.STATE_CLOSING, Socket.STATE_CLOSED])
def test_what_is_sent_to_a_client_that_has_just_gone_is_lost_without_an_error(state: int) -> None:
    one = Socket()
    one.state = state
    one.serverSend("too late")
    for code in (None, 1000, 1011, 4401):
        one.serverClose(code)
