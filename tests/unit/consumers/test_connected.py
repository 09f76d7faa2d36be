"""What comes for the sockets of a process is passed on to each."""

from typing import Any

from consumers.socket.connected import Connected


class Tab:
    """A socket; a closing one takes no message."""

    def __init__(self, *, is_closing: bool = False) -> None:
        self.messages: list[dict[str, Any]] = []
        self.seqs: list[int] = []
        self._is_closing = is_closing

    def told_up_to(self, seq: int) -> None:
        self.seqs.append(seq)

    async def tell(self, message: dict[str, Any]) -> None:
        if self._is_closing:
            raise RuntimeError("It is closing.")
        self.messages.append(message)

    def recheck(self) -> None:
        """Nothing to check."""


async def test_a_socket_that_is_closing_keeps_nothing_from_the_others() -> None:
    connected = Connected()
    tabs = [Tab(), Tab(is_closing=True), Tab()]
    connected._by_user[1] |= set(tabs)
    await connected._hear({"type": "progress", "user": 1, "message": {"stage": "read"}})
    assert [tab.messages for tab in tabs] == [[{"stage": "read"}], [], [{"stage": "read"}]]
