"""Requests of the protocol, on a way of their own: straight to their view, errors in its shape.

What the other middleware is for (cookies, forms, frames, pages) has no meaning here, and each piece
of it costs a request a turn in a thread.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware

from consumers.deferred import DeferredModule

ROOT: Final = "/v2"

_answers: Final = DeferredModule("consumers.oip.answers")
"""It brings gRPC and NumPy, a quarter of what a web process holds: most never need them."""


@async_only_middleware
def ProtocolMiddleware(  # noqa: N802  # Django names middleware like classes
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Answers everything under `/v2`; what is elsewhere goes on."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_served(request.path_info):
            answers = await _answers.load()
            response: HttpResponseBase = await answers.answer(request)
            return response
        return await get_response(request)

    return middleware


def is_served(path: str) -> bool:
    """Whether this is an address of the protocol."""
    return path == ROOT or path.startswith(f"{ROOT}/")


async def refusal_by_head(request: HttpRequest) -> HttpResponse | None:
    """What a request gets whatever its body holds; None: that depends on the body."""
    answers = await _answers.load()
    response: HttpResponse | None = await answers.refusal_by_head(request)
    return response
