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
from consumers.oip.responses import response_of
from inference.oip.errors import ProtocolError
from inference.oip.rest_http import Refused, Reply, error, refusal

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
    return response_of(_reply(problem))


def _reply(problem: Exception) -> Reply:
    match problem:
        case ProtocolError():
            return refusal(problem)
        case Refused(status=status, message=message, headers=headers):
            return error(status, message, **headers)
        case Http404():
            return error(404, "There is nothing here.")
        case SuspiciousOperation() | UnreadablePostError():
            return error(400, "The request cannot be read.")
        case DatabaseError() | InterfaceError():
            logger.error("database unavailable", exc_info=problem)
            return error(503, "The database does not answer: try again.")
        case _:
            logger.error("a request failed", exc_info=problem)
            return error(500, "The server failed on this request.")


async def _view(request: HttpRequest) -> HttpResponse:
    request.resolver_match = match = resolve(request.path_info)
    assert iscoroutinefunction(match.func)  # noqa: S101  # each of ours is
    response: HttpResponse = await match.func(request, *match.args, **match.kwargs)
    return response
