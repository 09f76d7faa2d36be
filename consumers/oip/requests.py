"""What the REST endpoint reads of an HTTP request: who calls, and the body, within bounds."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial, update_wrapper
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

from consumers.oip.auth import authenticate
from inference.oip.access import credential
from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.rest_http import (
    JSON_LENGTH,
    SMALL_BYTES,
    Refused,
    json_length,
    plain_body,
)
from uploads.actors import sender_of

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponse]]

# Few threads: parsed JSON is large, and a bounded number of them holds it at once.
_codec: Final = ThreadPoolExecutor(2, thread_name_prefix="oip-codec")


def only(*methods: str) -> Callable[[View[P]], View[P]]:
    """Offers a view to these methods alone.

    Raises:
        Refused: 405.
    """

    def decorate(view: View[P]) -> View[P]:
        async def answer(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if request.method not in methods:
                raise Refused(405, "This method is not offered here.", Allow=", ".join(methods))
            return await view(request, *args, **kwargs)

        return update_wrapper(answer, view)

    return decorate


async def token_of(request: HttpRequest) -> str:
    """The caller's token or API key, once it is believed.

    Raises:
        ProtocolError: UNAUTHENTICATED, or UNAVAILABLE where that cannot be told now.
    """
    token = credential(request.headers.get("Authorization", ""))
    await authenticate(token, sender_of(request))
    return token


def body_of(request: HttpRequest) -> bytes:
    """The body, decompressed; reads a file where it is large.

    Raises:
        Refused, ProtocolError: as `plain_body` says.
    """
    body = request.read(MAX_REQUEST_BYTES + 1)
    return plain_body(body, request.headers.get("Content-Encoding", ""))


def is_small(request: HttpRequest) -> bool:
    """Whether its body is read and parsed so quickly that it needs no thread."""
    length = request.headers.get("Content-Length", "")
    compressed = "Content-Encoding" in request.headers
    return not compressed and length.isdecimal() and int(length[:20]) <= SMALL_BYTES


async def off_the_loop(small: bool, call: Callable[..., T], *args: Any) -> T:  # noqa: FBT001
    """Runs a call that reads or writes tensors: in one of few threads, or at once if `small`."""
    if small:
        return call(*args)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_codec, partial(call, *args))


def json_bytes_of(request: HttpRequest) -> int | None:
    """What Inference-Header-Content-Length says; None: the body is all JSON.

    Raises:
        ProtocolError: INVALID_ARGUMENT: it is not a number of bytes.
    """
    return json_length(request.headers.get(JSON_LENGTH))
