"""Request bodies: JSON, and multipart whose files go to the storage's own disk at once."""

import json
import math
import tempfile
from typing import IO, Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from uploads import storage


def plain_json(text: str) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is not JSON by RFC 8259 (which has no NaN and no infinity), holds
            a number that no float can, or is nested too deeply to be read.
    """
    try:
        return json.loads(text, parse_constant=_refuse_number, parse_float=_finite)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


def _refuse_number(text: str) -> float:
    raise ValueError(f"{text[:20]} is not a number in JSON.")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


class PlainJSONParser(BaseParser):
    """Reads a JSON body, which is UTF-8 whatever charset its sender claims."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The body's value.

        Raises:
            ParseError: it is not JSON.
        """
        try:
            return plain_json(stream.read().decode())
        except ValueError:
            raise ParseError("The body is not JSON.") from None


class ReceivedFile(TemporaryUploadedFile):
    """A file on the storage's disk with its name exactly as the client sent it."""

    def __init__(self, sent_name: str, content_type: str, charset: str | None) -> None:
        file = tempfile.NamedTemporaryFile(dir=storage.incoming())  # noqa: SIM115  # Django closes it
        UploadedFile.__init__(self, file, "image", content_type, 0, charset)
        self.sent_name = sent_name


class _ToFile(TemporaryFileUploadHandler):
    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        # Under Django's own class the name would be cut, or the whole request refused for it.
        FileUploadHandler.new_file(self, field_name, file_name, *args, **kwargs)
        self.file = ReceivedFile(file_name, self.content_type or "", self.charset)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        received = super().file_complete(file_size)
        if received is not None:
            received.file.flush()  # type: ignore[union-attr]  # it is a temporary file here
        return received


class _WatchedBody:
    """A body that remembers whether its closing boundary has come by."""

    def __init__(self, stream: IO[bytes], closing: bytes) -> None:
        self.is_complete = False
        self._stream = stream
        self._closing = closing
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        window = self._tail + chunk
        self.is_complete = self.is_complete or self._closing in window
        self._tail = window[-len(self._closing) :]
        return chunk


class _StrictMultiPartParser(DjangoMultiPartParser):
    # Django's own, which its stubs leave out.
    _boundary: bytes
    _input_data: Any

    def sanitize_file_name(self, file_name: str) -> str:
        """Keeps the name: Django drops files whose name it dislikes, here they are judged."""
        return file_name

    def parse(self) -> Any:
        """Django's parsing, but a body that was cut off is an error: it would lose its last file.

        Raises:
            MultiPartParserError: the body cannot be read to its end.
        """
        body = _WatchedBody(self._input_data, b"--" + self._boundary + b"--")
        self._input_data = body
        parsed = super().parse()
        if not body.is_complete:
            raise MultiPartParserError("it ends before its closing boundary")
        return parsed


class UploadParser(MultiPartParser):
    """Reads an upload's fields and files."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> "DataAndFiles[Any, Any]":
        """The body's fields and files.

        Raises:
            ParseError: it is not multipart/form-data as it should be.
        """
        request = parser_context["request"]
        body: Any = stream
        meta = {**request.META, "CONTENT_TYPE": media_type}
        try:
            data, files = _StrictMultiPartParser(meta, body, [_ToFile(request)], "utf-8").parse()
        except MultiPartParserError as error:
            raise ParseError(
                f"The multipart body cannot be read: {str(error).rstrip('.')}."
            ) from None
        return DataAndFiles(data, files)
