"""Serving stored bytes: streamed, never sniffed, never active."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.http import content_disposition_header

from uploads.errors import StorageUnavailable
from uploads.models import Image, Prediction
from uploads.storage import archive_reading, handover, keys, local, object_store
from uploads.storage.object_store import Absent, Cold, Readable

_CHUNK_BYTES: Final = 256 * 1024
_SANDBOXED: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
}


def original(image: Image) -> StreamingHttpResponse:
    """What a client sent us, given back as a download and as nothing else, from wherever it is.

    Raises:
        Http404: it is no longer stored.
        StorageUnavailable: it is in the archive, which does not answer.
    """
    found = _local(image.image_path)
    if found and found[1] != image.size and handover.is_by_store():
        found[0].close()
        found = None  # damaged in this machine's cache
    file, size = found or _archived_original(image)
    return _stream(file, size, image.content_type, as_attachment=True, name=image.file_name)


def result(prediction: Prediction) -> StreamingHttpResponse:
    """A result's file, which this server encoded itself, from wherever it is.

    Raises:
        Http404: it is no longer stored.
        StorageUnavailable: it is in the archive, which does not answer.
    """
    key = prediction.output_path
    found = _local(key)
    if found is None and prediction.image.archived_at is None:
        raise _gone()
    file, size = found or _archived(key)
    name = Path(key).name
    return _stream(file, size, prediction.output_content_type, as_attachment=False, name=name)


def local_inline(key: str, content_type: str) -> StreamingHttpResponse:
    """What this server encoded itself and keeps in the local storage alone.

    Raises:
        Http404: it is not there.
    """
    found = _local(key)
    if found is None:
        raise _gone()
    return _stream(*found, content_type, as_attachment=False, name=Path(key).name)


def attachment(file: Readable, size: int, content_type: str, name: str) -> StreamingHttpResponse:
    """What was just made for a client: an open file at its beginning; it is closed at the end."""
    return _stream(file, size, content_type, as_attachment=True, name=name)


def inline_bytes(content: bytes, content_type: str, name: str) -> HttpResponse:
    """What the operator of this server gives to all of its users."""
    headers = {**_SANDBOXED, "Cache-Control": "private, max-age=3600"}
    if disposition := content_disposition_header(as_attachment=False, filename=name):
        headers["Content-Disposition"] = disposition
    return HttpResponse(content, content_type=content_type, headers=headers)


def presigned_original(image: Image) -> HttpResponseRedirect | None:
    """Where the archive itself gives the original for a minute, to whoever has the address.

    None: it does not hold it (yet).

    Raises:
        StorageUnavailable: the archive does not answer.
    """
    if not image.image_path or not archive_reading.holds(image.image_path, image.sha256):
        return None
    key = keys.document_key(image.image_path)
    return _presigned(key, image.content_type, image.file_name, as_attachment=True)


def presigned_result(prediction: Prediction) -> HttpResponseRedirect | None:
    """As `presigned_original`, for a result's file."""
    key = prediction.output_path
    if not key or not prediction.image.archived_at or not object_store.is_configured():
        return None
    if object_store.store(is_patient=False).look(key) is None:
        return None
    content_type = prediction.output_content_type
    return _presigned(key, content_type, Path(key).name, as_attachment=False)


def _presigned(
    key: str, content_type: str, name: str, *, as_attachment: bool
) -> HttpResponseRedirect:
    disposition = content_disposition_header(as_attachment, name) or "attachment"
    store = object_store.store(is_patient=False)
    answer = HttpResponseRedirect(store.presigned(key, disposition, content_type))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _stream(
    file: Readable, size: int, content_type: str, *, as_attachment: bool, name: str
) -> StreamingHttpResponse:
    headers = {
        "Content-Length": str(size),
        **_SANDBOXED,
        "Cache-Control": "private, no-store",
    }
    if disposition := content_disposition_header(as_attachment, name):
        headers["Content-Disposition"] = disposition
    return StreamingHttpResponse(_chunks(file), content_type=content_type, headers=headers)


def _local(key: str) -> tuple[Readable, int] | None:
    """The file in the local storage with its size in bytes; None: it is not there.

    Raises:
        StorageUnavailable: nobody can tell now.
    """
    if not key:
        return None
    try:
        file = local.path_of(key).open("rb")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise StorageUnavailable from error
    if size := os.fstat(file.fileno()).st_size:
        return file, size
    # A thumbnail that was on its way to the disk when the power went.
    file.close()
    return None


def _archived_original(image: Image) -> tuple[Readable, int]:
    """The original in the archive with its size in bytes; nothing else that lies under its key."""
    if not image.image_path or not archive_reading.holds(image.image_path, image.sha256):
        raise _gone()
    return _archived(keys.document_key(image.image_path))


def _archived(key: str) -> tuple[Readable, int]:
    """The file in the archive with its size in bytes."""
    if not key or not object_store.is_configured():
        raise _gone()
    try:
        opened = object_store.store(is_patient=False).open(key)
    except Cold:
        message = "The file is in a cold storage class: whoever runs the archive has to restore it."
        raise StorageUnavailable(message) from None
    except Absent:
        raise _gone() from None
    return opened.file, opened.size


def _gone() -> Http404:
    return Http404("The file is no longer stored.")


async def _chunks(file: Readable) -> AsyncIterator[bytes]:
    read = sync_to_async(file.read, thread_sensitive=False)
    try:
        while chunk := await read(_CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
