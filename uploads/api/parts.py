"""The parts of a form while they come: texts in memory, files on the storage's disk."""

import binascii
import contextlib
import hashlib
from pathlib import Path
from typing import Final

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from uploads.api.disposition import MalformedPart
from uploads.errors import Fault, Invalid, TooLarge
from uploads.storage import incoming

MAX_TEXT_BYTES: Final = 65_536
_IDENTITIES: Final = frozenset({"", "7bit", "8bit", "binary"})


class ReceivedFile(TemporaryUploadedFile):
    """A file on the storage's disk; gone with this object, unless it was moved away."""

    sent_name = ""
    """As the client wrote it."""

    def __init__(self, content_type: str) -> None:
        file = incoming.new_file()
        UploadedFile.__init__(self, file, "image", content_type, 0, None)
        self._path = Path(file.name)
        self._digest = hashlib.sha256()

    def take(self, data: bytes) -> None:
        """Adds the next bytes."""
        self.file.write(data)  # type: ignore[union-attr]  # it is a file here
        self._digest.update(data)
        self.size = (self.size or 0) + len(data)

    @property
    def sha256(self) -> str:
        """Of the bytes that have come, in hexadecimal."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Removes the file; what is not on the disk yet need not get there."""
        with contextlib.suppress(OSError):
            self.file.close()  # type: ignore[union-attr]  # it is a file here
        self._path.unlink(missing_ok=True)

    def __del__(self) -> None:
        if hasattr(self, "_path"):
            self.close()


class Decoder:
    """Undoes a part's Content-Transfer-Encoding."""

    def __init__(self, encoding: str) -> None:
        """Raises MalformedPart where it is one that nobody sends forms in."""
        encoding = encoding.strip().lower()
        if encoding not in {*_IDENTITIES, "base64"}:
            raise MalformedPart(
                "of all Content-Transfer-Encodings only base64 is read: send the bytes as they are"
            )
        self._is_base64 = encoding == "base64"
        self._rest = b""

    def decode(self, data: bytes) -> bytes:
        """The next bytes as they were before.

        Raises:
            MalformedPart: they are not base64.
        """
        if not self._is_base64:
            return data
        data = self._rest + b"".join(data.split())
        whole = len(data) // 4 * 4
        data, self._rest = data[:whole], data[whole:]
        try:
            return binascii.a2b_base64(data, strict_mode=True)
        except binascii.Error:
            raise MalformedPart("its content is not base64") from None

    def finish(self) -> None:
        """Raises MalformedPart where the content broke off."""
        if self._rest:
            raise MalformedPart("its content is not base64")


class TextPart:
    """A text of a form."""

    def __init__(self, field: str) -> None:
        self.field = field
        self._bytes = bytearray()

    def write(self, data: bytes) -> None:
        """Takes the next bytes; raises TooLarge where they are too many."""
        self._bytes += data
        if len(self._bytes) > MAX_TEXT_BYTES:
            message = (
                f"This is text of at most {MAX_TEXT_BYTES} bytes; files are sent with a file name."
            )
            raise TooLarge(message, (Fault("too_large", message, field=self.field[:100]),))

    def text(self) -> str:
        """The whole text; raises Invalid where it is not UTF-8."""
        try:
            return self._bytes.decode()
        except UnicodeDecodeError:
            message = "This is not text in UTF-8."
            raise Invalid(message, (Fault("invalid", message, field=self.field[:100]),)) from None


class FilePart:
    """A file of a form."""

    def __init__(self, field: str, name: bytes, content_type: str) -> None:
        self.field = field
        self.name = name
        self.file = ReceivedFile(content_type)

    def write(self, data: bytes) -> None:
        """Takes the next bytes."""
        self.file.take(data)

    @property
    def is_no_choice(self) -> bool:
        """Whether this is what a browser sends where no file was chosen."""
        return not self.name and not self.file.size

    def complete(self) -> ReceivedFile:
        """The file, all of it on the disk's side of this process."""
        self.file.flush()
        return self.file
