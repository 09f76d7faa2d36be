"""Request bodies as the REST framework's views get them: JSON and forms."""

import re
from typing import IO, Any, Final

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import is_form_media_type

from strictjson.parse import NotUtf8, decoded, loads
from uploads.api import form
from uploads.api.parts import ReceivedFile

_BOUNDARY: Final = re.compile(r"[ -~]{0,200}[!-~]")


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
            return loads(decoded(stream.read()))
        except NotUtf8 as error:
            raise ParseError(f"The body is {error}.") from None
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from None


class UploadParser(BaseParser):
    """Reads an upload's texts and files."""

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> "DataAndFiles[Any, Any]":
        """The body's texts and files.

        Raises:
            Invalid: it is not multipart/form-data as it should be.
            UnsupportedMediaType: its type is a pattern, of which the framework reads no texts.
        """
        content_type = media_type or ""
        if not is_form_media_type(content_type):
            raise UnsupportedMediaType(content_type)
        texts = QueryDict(mutable=True)
        files: MultiValueDict[str, ReceivedFile] = MultiValueDict()
        read = form.read(stream, _boundary(content_type))
        for name, text in read.texts:
            texts.appendlist(name, text)
        for name, file in read.files:
            files.appendlist(name, file)
        return DataAndFiles(texts, files)


def _boundary(content_type: str) -> str:
    try:
        boundary = parse_header_parameters(content_type)[1].get("boundary", "")
    except ValueError:
        boundary = ""
    if not _BOUNDARY.fullmatch(boundary):
        raise form.malformed("its Content-Type names no boundary")
    return boundary
