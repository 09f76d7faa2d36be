"""Django's handler, which reads a body where the server has put it and refuses in JSON."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, BinaryIO

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponse
from django.urls import set_script_prefix

from consumers.cross_origin import CrossOrigin
from project.server.errors import error_body
from project.server.request import TAKE_BODY
from uploads.threads import in_thread

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

    def __init__(self) -> None:
        super().__init__()
        self._pages = CrossOrigin(settings.ALLOWED_ORIGINS)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request.

        Django's own way sends signals, in threads of the request's own, by which connections to
        the database are closed. Here threads give them back themselves (`uploads.threads`).
        """
        take_body = scope.get("extensions", {}).get(TAKE_BODY)
        try:
            given = receive if take_body is None else _Receive(receive, take_body)
            body = await self.read_body(given)
        except RequestAborted:
            return
        with contextlib.closing(body):
            set_script_prefix(get_script_prefix(scope))
            request, refused = self.create_request(scope, body)
            if request is None:
                origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
                for name, value in self._pages.of_answer(scope["path"], origin).items():
                    refused[name] = value
                await self.send_response(refused, send)
                refused.close()
                return
            await self._answer(request, receive, send)

    async def _answer(self, request: Any, receive: Any, send: Any) -> None:
        """Answers, unless the client goes away first."""
        answering = asyncio.create_task(self._respond(request, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        leaving.add_done_callback(lambda _: answering.cancel())
        try:
            await answering
        except asyncio.CancelledError:
            if not leaving.done():
                raise
        finally:
            answering.cancel()
            leaving.cancel()
            request.close()
        if leaving.done() and not leaving.cancelled():
            leaving.exception()

    async def _respond(self, request: Any, send: Any) -> None:
        response = await self.run_get_response(request)
        try:
            await self.send_response(response, send)
        finally:
            response.close()

    async def read_body(self, receive: Any) -> Any:
        """The body as an open file at its start."""
        if isinstance(receive, _Receive):
            return receive.take_body()
        return await super().read_body(receive)

    def create_request(self, scope: Any, body_file: Any) -> Any:
        """The request, or the answer to one whose head Django cannot read."""
        try:
            request, refused = super().create_request(scope, body_file)
        except ValueError:
            return None, unreadable(scope["path"], "The Content-Type cannot be read.")
        if refused is not None and refused.status_code == HTTPStatus.BAD_REQUEST:
            refused = unreadable(scope["path"], "The request cannot be read.")
        return request, refused

    def make_view_atomic(self, view: Any) -> Any:
        """The view as it is called: a synchronous one waits for room among the threads."""
        called = super().make_view_atomic(view)
        if iscoroutinefunction(called):
            return called
        return functools.partial(in_thread, _rendered, called)


def _rendered(view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The view's response, written in its own thread.

    Django would write it in another one, which nobody has give its connection back to the pool.
    """
    response = view(*args, **kwargs)
    if callable(getattr(response, "render", None)):
        response.render()
        response.render = None  # Django asks whether there is one
    return response


def unreadable(path: str, message: str) -> HttpResponse:
    """The answer to a request of which Django makes none, in the shape of errors under its path."""
    body = error_body("malformed", message, path.encode())
    return HttpResponse(body, content_type="application/json", status=HTTPStatus.BAD_REQUEST)
