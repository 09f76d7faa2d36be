"""Refusals outside the REST framework: Django's own error views, and what middleware answers."""

import sys
from urllib.parse import quote

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import is_valid_path
from rest_framework import exceptions

from project.admin import is_admin
from project.admin_refusals import refusal_page
from project.api_errors import CODES, RETRY_AFTER_SECONDS, handle
from project.server.errors import error_body


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400: of the admin's lists and forms, and of what fails before any view."""
    message = "The request cannot be read."
    match exception:
        case DisallowedModelAdminLookup():
            message = "This list cannot be filtered by that."
        case BadRequest() if is_admin(request.path_info):
            message = str(exception)
    return _refusal(request, 400, "malformed", message)


def _refusal(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    page = refusal_page(request, status, message)
    return page or JsonResponse({"code": code, "message": message}, status=status)


def told(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    """A refusal for whoever asks: to programs in JSON, to a person's browser as a sentence."""
    headers = {"X-Content-Type-Options": "nosniff"}
    path = request.path_info
    if "text/html" in request.headers.get("Accept", "") and not path.startswith("/api/"):
        content: str | bytes = message
        content_type = "text/plain; charset=utf-8"
    else:
        content, content_type = error_body(code, message, path.encode()), "application/json"
    return HttpResponse(content, status=status, content_type=content_type, headers=headers)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 403."""
    return _refusal(request, 403, "forbidden", "You are not allowed to do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404, for addresses that no route has; one that lacks only its slash is a 308."""
    if not request.path_info.endswith("/") and is_valid_path(f"{request.path_info}/"):
        _, question, query = request.get_full_path().partition("?")
        return JsonResponse(
            {"code": "missing_slash", "message": "This address ends with a slash."},
            status=308,
            headers={"Location": f"{quote(request.path_info)}/{question}{query}"},
        )
    return _refusal(request, 404, "not_found", "There is nothing here.")


def method_not_allowed(allowed: str) -> JsonResponse:
    """The 405 of a view outside the REST framework; `allowed` names the methods it has."""
    code, message = CODES[exceptions.MethodNotAllowed]
    return JsonResponse({"code": code, "message": message}, status=405, headers={"Allow": allowed})


def unsupported_coding(request: HttpRequest) -> JsonResponse | None:
    """The 415 of a body that is compressed; None: it is sent as it is."""
    coding = request.headers.get("Content-Encoding", "").strip()
    if coding.lower() in {"", "identity"}:
        return None
    message = f"The Content-Encoding {coding[:50]!r} is not read here: send the body as it is."
    return JsonResponse(
        {"code": "unsupported_content_encoding", "message": message},
        status=415,
        headers={"Accept-Encoding": "identity"},
    )


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's answer to an exception: a full disk or a database that is away is a 503.

    All else is a bug of ours, told in the log and not to the client.
    """
    error = sys.exc_info()[1]
    handled = handle(error, {"view": request}) if isinstance(error, Exception) else None
    if handled is not None and handled.status_code == 503:
        wait = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return JsonResponse(handled.data, status=503, headers=wait)
    return JsonResponse(
        {"code": "server_error", "message": "Something went wrong on the server."}, status=500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of the admin without its token, or from somewhere else."""
    if reason.startswith(("Origin checking", "Referer checking")):
        message = (
            "The form came from another address than the one that this server knows of: "
            "behind a proxy, it needs the setting TRUSTED_PROXIES."
        )
    else:
        message = (
            "The form has expired, or the browser keeps no cookies for this site: "
            "go back, load the page again and send the form once more."
        )
    return told(request, 403, "csrf_failed", message)
