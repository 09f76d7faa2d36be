"""The border between errors and HTTP: one table, one shape for every refusal."""

import logging
from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from uploads import errors
from uploads.sign_in import denials
from uploads.storage import disk

logger = logging.getLogger("darkroom.api")

RETRY_AFTER_SECONDS: Final = 5

STATUS: Final[dict[type[errors.UploadsError], int]] = {
    errors.Invalid: 400,
    errors.InvalidParams: 400,
    errors.ModelNotFound: 400,
    errors.ModelTakesNoImages: 400,
    denials.RegistrationClosed: 403,
    denials.WrongPassword: 403,
    errors.StaffAccount: 403,
    denials.NotForKeys: 403,
    denials.ScopeMissing: 403,
    errors.TooManyKeys: 409,
    errors.TooManyWebhooks: 409,
    errors.WebhookDisabled: 409,
    errors.DeliveryPending: 409,
    errors.EventGone: 409,
    errors.MailNotSetUp: 409,
    errors.NoEmailAddress: 409,
    errors.NotCancelable: 409,
    errors.NotRetryable: 409,
    errors.NotWaiting: 409,
    errors.FrontIsFull: 409,
    errors.SourceGone: 409,
    errors.NotExportable: 409,
    errors.NotCorrectable: 409,
    errors.TextChanged: 409,
    errors.TooManyCorrections: 409,
    errors.NoSuchLine: 404,
    errors.TooLarge: 413,
    errors.KeyReused: 422,
    errors.QuotaExceeded: 429,
    errors.StorageQuotaExceeded: 403,
    errors.BeyondQuota: 403,
    denials.TooManyFailures: 429,
    errors.TooManyRequests: 429,
    errors.TooManyExports: 429,
    errors.ModelUnavailable: 503,
    denials.PasswordsBusy: 503,
    errors.ExportsBusy: 503,
    errors.StorageUnavailable: 503,
}

CODES: Final[dict[type[Exception], tuple[str, str]]] = {
    exceptions.NotAuthenticated: (
        "not_authenticated",
        "Send an access token or an API key: Authorization: Bearer ….",
    ),
    exceptions.PermissionDenied: ("forbidden", "You are not allowed to do this."),
    exceptions.NotFound: ("not_found", "There is nothing here."),
    exceptions.MethodNotAllowed: ("method_not_allowed", "This method is not offered here."),
    exceptions.NotAcceptable: ("not_acceptable", "This server answers in JSON."),
}
"""What DRF and Django raise by themselves: our code and sentence instead of theirs."""

_FIELD_CODES: Final = frozenset({"weak_password", "username_taken", "unknown_field"})
"""The codes of a field's faults that are ours; the framework's many words are `invalid`."""


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: the response for an error, or None for a bug of ours."""
    match _translated(error):
        case errors.StorageUnavailable() as full if error is not full:
            _log("a disk is full", error, context)
            return _ours(full)
        case errors.UploadsError() as ours:
            return _ours(ours)
        case exceptions.ValidationError() as invalid:
            return _validation(invalid)
        case exceptions.APIException() as theirs:
            return _theirs(theirs, context["view"])
        case OperationalError() | InterfaceError():
            _log("database unavailable", error, context)
            message = "The database does not answer: try again."
            return _response(503, "database_unavailable", message)
        case _:
            return None


def _log(event: str, error: Exception, context: dict[str, Any]) -> None:
    """One line for what no code is to blame for: a disk stays full, and the log lies on one too."""
    logger.error(event, extra={"view": type(context["view"]).__name__, "reason": str(error)})


def _translated(error: Exception) -> Exception:
    match error:
        case _ if disk.is_full(error) and not isinstance(error, errors.UploadsError):
            return errors.StorageUnavailable()
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case RequestDataTooBig():
            return errors.TooLarge("The request is too large.")
        case SuspiciousOperation() | UnreadablePostError():
            return exceptions.ParseError("The request cannot be read.")
        case _:
            return error


def _ours(error: errors.UploadsError) -> Response:
    status = STATUS[type(error)]
    codes = {fault.code for fault in error.faults}
    code = codes.pop() if len(codes) == 1 else error.code
    if code == "image_too_large":
        status = 413
    response = _response(status, code, error.message, [fault.as_dict() for fault in error.faults])
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _validation(error: exceptions.ValidationError) -> Response:
    faults = list(_faults(error.get_full_details(), ""))
    message = faults[0]["message"] if len(faults) == 1 else "Some fields are not valid."
    codes = {fault["code"] for fault in faults}
    return _response(400, codes.pop() if len(codes) == 1 else "invalid", message, faults)


def _faults(details: Any, field: str) -> Iterator[dict[str, str]]:
    """DRF's nested details as a flat list with a field's path each."""
    if isinstance(details, list):
        for one in details:
            yield from _faults(one, field)
    elif "message" in details and "code" in details and not isinstance(details["message"], dict):
        code = details["code"] if details["code"] in _FIELD_CODES else "invalid"
        message = f"{str(details['message']).rstrip('.')}."
        yield {"field": field or "body", "code": code, "message": message}
    else:
        for name, inner in details.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _faults(inner, ".".join(filter(None, [field, here])))


def _theirs(error: exceptions.APIException, view: Any) -> Response:
    code, message = CODES.get(type(error), (_code_of(error), str(error.detail)))
    if isinstance(error, exceptions.UnsupportedMediaType):
        read = " or ".join(parser.media_type for parser in view.parser_classes)
        code, message = (
            "unsupported_media_type",
            f"This Content-Type is not read here: send {read}.",
        )
    response = _response(error.status_code, code, message)
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def _code_of(error: exceptions.APIException) -> str:
    code = error.get_codes()
    return code if isinstance(code, str) and code != "parse_error" else "malformed"


def _response(
    status: int, code: str, message: str, faults: list[dict[str, Any]] | None = None
) -> Response:
    body: dict[str, Any] = {"code": code, "message": message}
    if faults:
        body["errors"] = faults
    response = Response(body, status=status)
    if status in {429, 503}:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
