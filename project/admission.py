"""What Darkroom refuses by a request's head alone, in the words its views would use."""

import io
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.utils.mediatypes import media_type_matches
from rest_framework.views import APIView

from consumers.database import in_database
from consumers.oip import middleware as protocol
from project.error_views import not_found, unsupported_coding
from project.handler import unreadable
from project.server.errors import Refusal
from project.server.head import Head
from project.server.limits import MEBIBYTE
from uploads.api.parsing import UploadParser
from uploads.sign_in import claims
from uploads.threads import give_back_connections

SMALL_BODY_BYTES: Final = MEBIBYTE
"""As much as any request may hold."""


async def judge(head: Head) -> Refusal | None:
    """Whether the body of this request is wanted: a known address, a good token, a type to read.

    None: it is. A small body that comes with a sound token is let in, and its view says all that
    would be said here: to look up the sign-in now as well would cost every upload a turn in a
    thread.
    """
    if _is_small(head) and _has_sound_token(head):
        return None
    response: HttpResponse | None
    try:
        request = ASGIRequest(_scope(head), io.BytesIO())
    except ValueError:
        response = unreadable(head.path.decode("latin-1"), "The Content-Type cannot be read.")
    else:
        if protocol.is_served(request.path_info):
            response = await protocol.refusal_by_head(request)
        else:
            response = await in_database(_refusal, request)
    return None if response is None else _as_refusal(response)


def _is_small(head: Head) -> bool:
    is_protocol = protocol.is_served(unquote(head.path.decode("latin-1")))
    return head.length is not None and head.length <= SMALL_BODY_BYTES and not is_protocol


def _has_sound_token(head: Head) -> bool:
    """Whether the head carries an access token that this server signed and that is still valid."""
    values = [value for name, value in head.headers if name == b"authorization"]
    if len(values) != 1:
        return False
    scheme, _, token = values[0].partition(b" ")
    try:
        claims.signed(token.strip().decode("ascii", "replace"))
    except claims.InvalidToken:
        return False
    return scheme.lower() == b"bearer"


def _scope(head: Head) -> dict[str, Any]:
    return {
        "type": "http",
        "method": head.method.decode("latin-1"),
        "path": unquote(head.path.decode("latin-1")),
        "query_string": head.query,
        "headers": head.headers,
        "client": (head.client or "", 0),
    }


def _refusal(request: HttpRequest) -> HttpResponse | None:
    try:
        match = resolve(request.path_info)
    except Resolver404 as error:
        # Static files have no route.
        is_static = request.path_info.startswith(settings.STATIC_URL)
        return None if is_static else not_found(request, error)
    function: Any = match.func
    view = getattr(function, "cls", None)
    response = None
    if view is not None and issubclass(view, APIView):
        response = _refusal_of(view(**function.initkwargs), request, match)
    return response or unsupported_coding(request)


def _refusal_of(view: APIView, request: HttpRequest, match: ResolverMatch) -> HttpResponse | None:
    """What the view itself says to a caller it does not know, and to a method it has not."""
    view.setup(request, *match.args, **match.kwargs)
    view.headers = view.default_response_headers
    asked = view.initialize_request(request, *match.args, **match.kwargs)
    view.request = asked
    try:
        view.perform_authentication(asked)
        view.check_permissions(asked)
        if asked.method not in view.allowed_methods:
            view.http_method_not_allowed(asked)
        if asked.method == "POST" and UploadParser in view.parser_classes:
            _require_type(asked)
    except Exception as error:
        response = view.finalize_response(asked, view.handle_exception(error))
        response.render()
        return response
    finally:
        give_back_connections()
    return None


def _require_type(request: Request) -> None:
    """Raises UnsupportedMediaType where the view would, once hundreds of megabytes have come."""
    read = (parser.media_type for parser in request.parsers or ())
    if not any(media_type_matches(one, request.content_type) for one in read):
        raise UnsupportedMediaType(request.content_type)


def _as_refusal(response: HttpResponse) -> Refusal:
    headers = tuple((name, value) for name, value in response.items() if name != "Content-Length")
    return Refusal(response.status_code, response.content, headers)
