"""Request bodies as the REST framework's views get them: JSON and forms."""

import json
import math
import re
from typing import IO, Any, Final

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import is_form_media_type

from uploads.api import form
from uploads.api.parts import ReceivedFile

_BOUNDARY: Final = re.compile(r"[ -~]{0,200}[!-~]")


def plain_json(text: str) -> Any:
    """What a JSON text says; a byte order mark before it says nothing.

    Raises:
        ValueError: it is not JSON by RFC 8259 (which has no NaN and no infinity), names a
            key of an object twice, holds a number that no float can, or is nested too
            deeply to be read. The error's text says which.
    """
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_constant=_refuse_number,
            parse_float=_finite,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{error.msg[:1].lower()}{error.msg[1:]} at {place}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {json.dumps(name[:100])} stands in one object twice")
        found[name] = value
    return found


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        raise ValueError(f"a number of {len(digits)} digits is too long") from None


def _refuse_number(text: str) -> float:
    raise ValueError(f"{text[:20]} is not a number that JSON has")


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
        body = stream.read()
        encoding = json.detect_encoding(body)
        if not encoding.startswith("utf-8"):
            raise ParseError(f"The body is JSON in {encoding.upper()}: send it in UTF-8.")
        try:
            return plain_json(body.decode())
        except UnicodeDecodeError:
            raise ParseError("The body is not JSON: it is no text in UTF-8.") from None
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
