"""A request of the protocol is answered by its view, and every error in the protocol's shape."""

import logging
from typing import Final

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import resolve

import consumers.oip.urls  # noqa: F401  # the views are imported with this module, not later
from consumers.oip import views
from consumers.oip.requests import token_of
from consumers.oip.responses import Refused, error, refusal
from inference.oip.errors import ProtocolError

logger = logging.getLogger("darkroom.oip")

_OPEN: Final = {views.server_live, views.server_ready, views.server_metadata}


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


async def answer(request: HttpRequest) -> HttpResponse:
    """What the view of this address says, or why there is none."""
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
