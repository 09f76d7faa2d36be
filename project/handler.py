"""Django's handler, which reads a body where the server has put it."""

from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO

from django.core.handlers.asgi import ASGIHandler

from project.server.request import TAKE_BODY

Message = dict[str, Any]


class _Receive:
    """ASGI's `receive` of a request whose body may be taken whole."""

    def __init__(
        self, receive: Callable[[], Awaitable[Message]], take_body: Callable[[], BinaryIO]
    ) -> None:
        self._receive = receive
        self.take_body = take_body

    async def __call__(self) -> Message:
        return await self._receive()


class SpooledHandler(ASGIHandler):
    """Gives views the server's own file of the body; Django would copy it to another."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""
        take_body = scope.get("extensions", {}).get(TAKE_BODY)
        given = receive if take_body is None else _Receive(receive, take_body)
        await super().handle(scope, given, send)

    async def read_body(self, receive: Any) -> Any:
        """The body as an open file at its start."""
        if isinstance(receive, _Receive):
            return receive.take_body()
        return await super().read_body(receive)
