"""Requests of the protocol, on a way of their own: straight to their view, errors in its shape.

What the other middleware is for (cookies, forms, frames, pages) has no meaning here, and each piece
of it costs a request a turn in a thread.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.decorators import async_only_middleware

from consumers.oip import views
from consumers.oip.requests import token_of
from consumers.oip.responses import Refused, error, refusal
from inference.oip.errors import ProtocolError

logger = logging.getLogger("darkroom.oip")

ROOT: Final = "/v2"
_OPEN: Final = {views.server_live, views.server_ready, views.server_metadata}


@async_only_middleware
def ProtocolMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Answers everything under `/v2`; what is elsewhere goes on."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_served(request.path_info):
            return await _answer(request)
        return await get_response(request)

    return middleware


def is_served(path: str) -> bool:
    """Whether this is an address of the protocol."""
    return path == ROOT or path.startswith(f"{ROOT}/")


async def refusal_by_head(request: HttpRequest) -> HttpResponse | None:
    """What a request gets whatever its body holds: no such address, no good token; None: nothing.

    Health and metadata of the server are for everybody.
    """
    try:
        if resolve(request.path_info).func not in _OPEN:
            await token_of(request)
    except Exception as problem:  # every one is answered
        return _error(problem)
    return None


async def _answer(request: HttpRequest) -> HttpResponse:
    try:
        return await _view(request)
    except Exception as problem:  # every one is answered
        return _error(problem)


def _error(problem: Exception) -> HttpResponse:
    match problem:
        case ProtocolError():
            response = refusal(problem)
        case Refused(status=status, message=message, headers=headers):
            response = error(status, message, **headers)
        case Http404():
            response = error(404, "There is nothing here.")
        case SuspiciousOperation() | UnreadablePostError():
            response = error(400, "The request cannot be read.")
        case DatabaseError() | InterfaceError():
            logger.error("database unavailable", exc_info=problem)
            response = error(503, "The database does not answer: try again.")
        case _:
            logger.error("a request failed", exc_info=problem)
            response = error(500, "The server failed on this request.")
    return response


async def _view(request: HttpRequest) -> HttpResponse:
    request.resolver_match = match = resolve(request.path_info)
    assert iscoroutinefunction(match.func)  # noqa: S101  # each of ours is
    response: HttpResponse = await match.func(request, *match.args, **match.kwargs)
    return response
