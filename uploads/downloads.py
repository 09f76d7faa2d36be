"""Serving stored bytes: streamed, never sniffed, never active."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Final

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.http import content_disposition_header

from uploads.storage import local, object_store
from uploads.storage.object_store import Absent

_CHUNK_BYTES: Final = 256 * 1024
_SANDBOXED: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
}


def as_attachment(key: str, content_type: str, name: str) -> StreamingHttpResponse:
    """What a client sent us, given back as a download and as nothing else."""
    return _stream(key, content_type, as_attachment=True, name=name)


def inline(key: str, content_type: str) -> StreamingHttpResponse:
    """What this server encoded itself."""
    return _stream(key, content_type, as_attachment=False, name=Path(key).name)


def inline_bytes(content: bytes, content_type: str, name: str) -> HttpResponse:
    """What the operator of this server gives to all of its users."""
    headers = {**_SANDBOXED, "Cache-Control": "private, max-age=3600"}
    if disposition := content_disposition_header(as_attachment=False, filename=name):
        headers["Content-Disposition"] = disposition
    return HttpResponse(content, content_type=content_type, headers=headers)


def presigned(key: str, content_type: str, name: str) -> HttpResponseRedirect | None:
    """Where the archive itself gives the file for a minute, to whoever has the address.

    None: it does not hold the file (yet).

    Raises:
        StorageUnavailable: the archive does not answer.
    """
    if not key or not object_store.is_configured():
        return None
    store = object_store.store()
    if store.look(key) is None:
        return None
    disposition = content_disposition_header(as_attachment=True, filename=name)
    answer = HttpResponseRedirect(store.presigned(key, disposition or "attachment", content_type))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _stream(
    key: str, content_type: str, *, as_attachment: bool, name: str
) -> StreamingHttpResponse:
    file, size = _opened(key)
    headers = {
        "Content-Length": str(size),
        **_SANDBOXED,
        "Cache-Control": "private, no-store",
    }
    if disposition := content_disposition_header(as_attachment, name):
        headers["Content-Disposition"] = disposition
    return StreamingHttpResponse(_chunks(file), content_type=content_type, headers=headers)


def _opened(key: str) -> tuple[IO[bytes], int]:
    """The file from wherever it is, with its size in bytes."""
    gone = Http404("The file is no longer stored.")
    if not key:
        raise gone
    try:
        file = local.path_of(key).open("rb")
    except OSError:
        if not object_store.is_configured():
            raise gone from None
    else:
        if size := os.fstat(file.fileno()).st_size:
            return file, size
        # A thumbnail that was on its way to the disk when the power went.
        file.close()
        raise gone
    try:
        opened = object_store.store().open(key)
    except Absent:
        raise gone from None
    return opened.file, opened.size


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    read = sync_to_async(file.read, thread_sensitive=False)
    try:
        while chunk := await read(_CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
