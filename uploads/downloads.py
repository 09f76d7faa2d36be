"""Serving stored bytes: streamed, never sniffed, never active."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from uploads.storage import local

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


def _stream(
    key: str, content_type: str, *, as_attachment: bool, name: str
) -> StreamingHttpResponse:
    if not key:
        raise Http404("The file is no longer stored.")
    try:
        file = local.path_of(key).open("rb")
    except OSError:
        raise Http404("The file is no longer stored.") from None
    size = os.fstat(file.fileno()).st_size
    if not size:  # a thumbnail that was on its way to the disk when the power went
        file.close()
        raise Http404("The file is no longer stored.")
    headers = {
        "Content-Length": str(size),
        **_SANDBOXED,
        "Cache-Control": "private, no-store",
    }
    if disposition := content_disposition_header(as_attachment, name):
        headers["Content-Disposition"] = disposition
    return StreamingHttpResponse(_chunks(file), content_type=content_type, headers=headers)


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    read = sync_to_async(file.read, thread_sensitive=False)
    try:
        while chunk := await read(_CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
