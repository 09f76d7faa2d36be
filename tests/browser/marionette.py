"""Marionette, by which Firefox is driven: commands and answers as JSON over a local socket.

Every Firefox has the server of it: neither geckodriver nor a package is needed.
"""

import json
import socket
from typing import Any, Final

TIMEOUT_S: Final = 120
"""No command takes as long: Firefox has ended, or hangs."""
_COMMAND: Final = 0
_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
"""WebDriver's own word for a reference to an element."""


class Refused(Exception):
    """Firefox could not do it; `code` is WebDriver's, such as `no such element`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class Marionette:
    """A session with one Firefox."""

    def __init__(self, port: int) -> None:
        """Begins it with the Firefox that listens at `port` of this machine.

        Raises:
            OSError: nobody listens there.
        """
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self._file = self._socket.makefile("rb")
        self._sent = 0
        self._read()
        # Inputs for files are chosen by other buttons and are not seen themselves.
        self.ask("WebDriver:NewSession", strictFileInteractability=False)

    def close(self) -> None:
        """Lets go of it."""
        self._file.close()
        self._socket.close()

    def ask(self, command: str, **parameters: Any) -> Any:
        """Has a command done and gives its answer; an element in it is its id.

        Raises:
            Refused: it could not be done.
        """
        self._sent += 1
        text = json.dumps([_COMMAND, self._sent, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, answer = self._read()
        if error:
            raise Refused(error["error"], error["message"])
        return _plain(answer)

    def _read(self) -> Any:
        """The next message, which its length and a colon precede."""
        digits = b""
        while (byte := self._file.read(1)) != b":":
            if not byte:
                raise ConnectionError("Firefox has ended.")
            digits += byte
        return json.loads(self._file.read(int(digits)))


def _plain(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_plain(each) for each in answer]
    if isinstance(answer, dict):
        if _ELEMENT in answer:
            return answer[_ELEMENT]
        return _plain(answer["value"]) if answer.keys() == {"value"} else answer
    return answer
