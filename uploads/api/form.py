"""Bodies of multipart/form-data (RFC 7578): every part is a text, a file or a refusal."""

from dataclasses import dataclass, field
from typing import IO, Any, Final

from django.conf import settings
from multipart import MultipartError, PushMultipartParser

from uploads import file_names
from uploads.api.disposition import MalformedPart, disposition
from uploads.api.parts import Decoder, FilePart, ReceivedFile, TextPart
from uploads.errors import Fault, Invalid, StorageUnavailable
from uploads.intake import validation

MAX_TEXTS: Final = 100
_CHUNK_BYTES: Final = 65_536
_MAX_HEADERS: Final = 16
_UNMISTAKABLE: Final = 12
"""Bytes of a delimiter that no content has by chance."""


@dataclass
class Form:
    """What a body holds: by their fields' names and in the order in which they came."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, ReceivedFile]] = field(default_factory=list)


def read(stream: IO[bytes], boundary: str) -> Form:
    """Reads a body to its end; files go to the storage's disk as they come.

    Raises:
        Invalid: the body cannot be read, or holds more than it may; a part that is to blame
            is named by its position among the parts.
        TooLarge: a text is longer than any field may be.
        StorageUnavailable: the disk is full or does not answer.
    """
    reader = _Reader(boundary)
    try:
        return reader.read(stream)
    except BaseException:
        reader.discard()
        raise


def malformed(why: str, position: int | None = None) -> Invalid:
    """The refusal of a body, or of the part at a position in it."""
    what = "The multipart body" if position is None else f"Part {position + 1} of the body"
    message = f"{what} cannot be read: {why.rstrip('.')}."
    place = "body" if position is None else None
    return Invalid(message, (Fault("malformed", message, field=place, position=position),))


class _Reader:
    """Reads one body."""

    def __init__(self, boundary: str) -> None:
        self._delimiter = b"--" + boundary.encode()
        # A header as its bytes: the charset of names is judged here.
        self._parser = PushMultipartParser(
            boundary, header_charset="latin-1", max_header_count=_MAX_HEADERS
        )
        self._form = Form()
        self._names: list[bytes] = []
        self._begun = 0
        self._part: TextPart | FilePart | None = None
        self._decoder = Decoder("")

    def read(self, stream: IO[bytes]) -> Form:
        """Reads the body; see the function of this name."""
        chunk = stream.read(_CHUNK_BYTES)
        self._check_beginning(chunk)
        # One that is long is never there by chance; a short one counts where a line begins.
        is_long = len(self._delimiter) >= _UNMISTAKABLE
        mark = self._delimiter if is_long else b"\n" + self._delimiter
        delimiters, tail = 0, b"\n"
        while chunk:
            window = tail + chunk
            delimiters += window.count(mark)
            tail = window[1 - len(mark) :]
            self._feed(chunk)
            chunk = stream.read(_CHUNK_BYTES)
        try:
            self._parser.close()
        except MultipartError:
            raise malformed("it ends before its closing boundary") from None
        if delimiters > self._begun + 1:
            raise malformed("there are boundaries behind its end, or without CRLF before them")
        names = file_names.decoded(self._names)
        for (_, file), name in zip(self._form.files, names, strict=True):
            file.sent_name = name
        return self._form

    def discard(self) -> None:
        """Removes the files that have come."""
        for _, file in self._form.files:
            file.close()
        if isinstance(self._part, FilePart):
            self._part.file.close()

    def _check_beginning(self, chunk: bytes) -> None:
        before, delimiter, behind = chunk.partition(self._delimiter)
        if not delimiter:
            raise malformed("the boundary that its Content-Type names is not at its beginning")
        if b"content-disposition" in before.lower():
            raise malformed("a part stands before its first boundary")
        if behind.startswith(b"\n"):
            raise malformed("its lines end in LF, and in multipart lines end in CRLF")

    def _feed(self, chunk: bytes) -> None:
        try:
            for event in self._parser.parse(chunk):
                if event is None:
                    self._end()
                elif self._part is None:
                    self._begin(event)
                else:
                    self._part.write(self._decoder.decode(event))
        except (MultipartError, MalformedPart) as error:
            # Between two parts it is the headers of the next that cannot be read.
            position = self._begun - (self._part is not None)
            why = str(error)
            raise malformed(f"{why[:1].lower()}{why[1:]}", position) from None
        except OSError as error:
            raise StorageUnavailable from error

    def _begin(self, head: Any) -> None:
        # Parts where no file was chosen are neither texts nor files, and cost as much.
        most = MAX_TEXTS + settings.MAX_IMAGES_PER_UPLOAD
        if self._begun == most:
            raise MalformedPart(f"a form has at most {most} parts")
        dispositions = [value for name, value in head.headerlist if name == "Content-Disposition"]
        if len(dispositions) != 1:
            raise MalformedPart("it has two headers Content-Disposition")
        what = disposition(dispositions[0].encode("latin-1"))
        self._decoder = Decoder(head.header("Content-Transfer-Encoding", ""))
        if what.file_name is None:
            if len(self._form.texts) == MAX_TEXTS:
                raise MalformedPart(f"a form has at most {MAX_TEXTS} parts that are no files")
            self._part = TextPart(what.field)
        else:
            if len(self._form.files) == settings.MAX_IMAGES_PER_UPLOAD:
                raise validation.too_many_images()
            self._part = FilePart(what.field, what.file_name, head.header("Content-Type", ""))
        self._begun += 1

    def _end(self) -> None:
        self._decoder.finish()
        part = self._part
        if isinstance(part, TextPart):
            self._form.texts.append((part.field, part.text()))
        elif part is not None and part.is_no_choice:
            part.file.close()
        elif part is not None:
            self._form.files.append((part.field, part.complete()))
            self._names.append(part.name)
        self._part = None
