"""A websocket client as a stranger would write it from the contract."""

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.darkroom import until


class Listener:
    """Listens in a thread of its own and keeps everything it is told."""

    def __init__(
        self, url: str, token: str, after: int | None = None, epoch: str | None = None
    ) -> None:
        self.messages: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self._open = ExitStack()
        address = url.replace("http", "ws", 1) + "/ws/progress/"
        self._wire: ClientConnection = self._open.enter_context(
            connect(address, subprotocols=[Subprotocol("darkroom.v1")])
        )
        hello = {"type": "hello", "token": token, "epoch": epoch, "after": after}
        self._wire.send(json.dumps(hello))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            for text in self._wire:
                message = json.loads(text)
                self.messages.append(message)
                if message["type"] == "event":
                    self._wire.send(json.dumps({"type": "ack", "seq": message["seq"]}))
        except ConnectionClosed:
            pass
        self.close_code = self._wire.close_code

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The events told so far, of one kind or all."""
        told = [m for m in self.messages if m["type"] == "event"]
        return [event for event in told if not kind or event["kind"] == kind]

    def until(self, fact: Callable[["Listener"], Any], what: str, seconds: float = 60) -> Any:
        """Waits until something is true of what was told."""
        return until(lambda: fact(self), what, seconds)

    def close(self) -> None:
        """Hangs up."""
        self._open.close()
        self._thread.join(5)
