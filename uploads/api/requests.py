"""What requests ask for: whose they are, the parts of an upload, how long to wait."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from strictjson.parse import loads
from uploads.api.parts import ReceivedFile
from uploads.catalog.params import MAX_PARAMS_LENGTH
from uploads.errors import Fault, Invalid
from uploads.intake.reception import UploadRequest
from uploads.intake.validation import Received
from uploads.models import User, lengths
from uploads.sign_in.identity import Identity

MAX_WAIT_SECONDS: Final = 60.0
_NUMBERED: Final = re.compile(r"image(\d{1,6})")
_MAX_LENGTHS: Final = {
    "model": lengths.MODEL_NAME,
    "model_version": lengths.LABEL,
    "image_type": lengths.IMAGE_TYPE,
    "params": MAX_PARAMS_LENGTH,
}
_FIELDS: Final = ", ".join(["images", *_MAX_LENGTHS])


def signed_in(request: Request) -> User:
    """The user of a request that the permission classes let through."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def identity_of(request: Request) -> Identity:
    """Who the token of a request speaks for, and by which sign-in."""
    identity: Any = request.auth
    if not isinstance(identity, Identity):
        raise NotAuthenticated
    return identity


def upload_request(request: Request) -> UploadRequest:
    """What a POST to the uploads asks for.

    Raises:
        Invalid: a field is malformed; with a fault for each.
    """
    faults: list[Fault] = []
    # Each time that it is asked for them, a request looks anew what it has parsed.
    texts, files_by_field = request.POST, request.FILES
    fields = {name: _text(texts, name, faults) for name in _MAX_LENGTHS}
    params = _params(fields["params"], faults)
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= lengths.IDEMPOTENCY_KEY and key.isprintable()):
        message = f"An Idempotency-Key has 1 to {lengths.IDEMPOTENCY_KEY} printable characters."
        faults.append(Fault("invalid", message, field="Idempotency-Key"))
    faults += _stray_texts(texts)
    files, strays = _images(files_by_field)
    is_partial = _flag(request, "partial", faults)
    message = "Files belong in the fields 'images' or 'image0', 'image1', …."
    faults += [Fault("unexpected_file", message, field=name[:100]) for name in strays]
    if faults:
        raise Invalid("The upload has fields that cannot be read.", tuple(faults))
    return UploadRequest(
        files=[_received(file) for file in files],
        model=fields["model"] or settings.DEFAULT_MODEL,
        model_version=fields["model_version"] or None,
        params=params,
        image_type=fields["image_type"],
        idempotency_key=key,
        is_partial=is_partial,
    )


def _flag(request: Request, name: str, faults: list[Fault]) -> bool:
    # Clients in Python write a boolean with a capital.
    text = request.query_params.get(name, "0").lower()
    if text not in {"0", "1", "false", "true"}:
        faults.append(Fault("invalid", f"'{name}' is 0 or 1.", field=name))
    return text in {"1", "true"}


def _stray_texts(sent: QueryDict) -> Iterator[Fault]:
    """A fault for each text that no part of an upload is in."""
    for name, texts in sent.lists():
        if name in _MAX_LENGTHS:
            if len(texts) > 1:
                yield Fault("invalid", "This field was sent more than once.", field=name)
        elif name == "images" or _NUMBERED.fullmatch(name):
            # Some clients send an empty one where no file was chosen.
            if any(texts):
                message = "This is a field for files: send it with a file name."
                yield Fault("invalid", message, field=name)
        else:
            message = f"There is no such field: the fields are {_FIELDS}."
            yield Fault("unknown_field", message, field=name[:100])


def _text(texts: QueryDict, name: str, faults: list[Fault]) -> str:
    text = texts.get(name) or ""
    if len(text) > _MAX_LENGTHS[name] or "\0" in text:
        message = f"This is text of at most {_MAX_LENGTHS[name]} characters."
        faults.append(Fault("invalid", message, field=name))
        return ""
    return text.strip()


def _params(text: str, faults: list[Fault]) -> Any:
    """The parameters' JSON; what it must hold is the model's to say."""
    try:
        return loads(text or "{}")
    except ValueError as error:
        faults.append(Fault("invalid_params", f"This is not JSON: {error}.", field="params"))
        return {}


def _images(
    sent: "MultiValueDict[str, UploadedFile[Any]]",
) -> "tuple[list[UploadedFile[Any]], list[str]]":
    """The image files in order (`images`, then `image0`, `image1`, …) and stray field names."""
    files = list(sent.getlist("images"))
    numbered = {}
    strays = []
    for name in sent:
        if match := _NUMBERED.fullmatch(name):
            numbered[(int(match[1]), name)] = sent.getlist(name)
        elif name != "images":
            strays.append(name)
    for _, more in sorted(numbered.items()):
        files += more
    return files, strays


def _received(file: "UploadedFile[Any]") -> Received:
    if not isinstance(file, ReceivedFile):
        raise TypeError("Uploads are read by the upload parser.")
    return Received(
        path=Path(file.temporary_file_path()),
        name=file.sent_name,
        content_type=file.content_type or "",
        size=file.size or 0,
        sha256=file.sha256,
    )


def wait_seconds(request: Request | HttpRequest) -> float:
    """How long the client would wait, from `?wait=`, in seconds.

    Raises:
        Invalid: it is not a number of seconds.
    """
    text = request.GET.get("wait") or "0"
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not seconds >= 0:
        message = "'wait' is a number of seconds, at most 60."
        raise Invalid(message, (Fault("invalid", message, field="wait"),))
    return min(seconds, MAX_WAIT_SECONDS)
