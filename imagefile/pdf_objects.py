"""The objects of PDF files (ISO 32000-2, section 7.3), parsed as far as pages need them."""

import re
from dataclasses import dataclass
from typing import Any, Final

MAX_DEPTH: Final = 32
"""Of arrays and dictionaries in each other."""
MAX_TOKENS: Final = 100_000
"""Of one object."""

_SPACE: Final = rb"\x00\t\n\x0c\r "
_SKIPPED: Final = re.compile(rb"(?:[\x00\t\n\x0c\r ]+|%[^\r\n]*)*")
_TOKEN: Final = re.compile(
    rb"<<|>>|\[|\]"
    rb"|/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*"
    rb"|<[0-9A-Fa-f" + _SPACE + rb"]*>"
    rb"|[^\x00\t\n\x0c\r ()<>\[\]{}/%]+"
)
_REFERENCE: Final = re.compile(
    rb"(\d{1,10})[" + _SPACE + rb"]+\d{1,5}[" + _SPACE + rb"]+R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
)
_NUMBER: Final = re.compile(rb"[+-]?(\d{1,20}\.?\d{0,20}|\.\d{1,20})")


class BrokenObject(Exception):
    """It does not follow the rules, or goes on for too long."""


class Name(bytes):
    """A name, without its slash."""


@dataclass(frozen=True)
class Reference:
    """Another object, by its number."""

    number: int


class Parser:
    """Reads one object after the other."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.at = at
        self._data = data
        self._tokens = 0

    def read(self, depth: int = 0) -> Any:
        """The next object: a dict, a list, a Name, a Reference, a number, or bytes.

        Raises:
            BrokenObject: there is none.
        """
        self._tokens += 1
        if depth > MAX_DEPTH or self._tokens > MAX_TOKENS:
            raise BrokenObject
        self._skip()
        if self._data[self.at : self.at + 1] == b"(":
            return self._string()
        if reference := _REFERENCE.match(self._data, self.at):
            self.at = reference.end()
            return Reference(int(reference[1]))
        token = self._token()
        if token == b"<<":
            return self._dictionary(depth)
        if token == b"[":
            return self._array(depth)
        if token in {b">>", b"]"}:
            raise BrokenObject
        if token.startswith(b"/"):
            return Name(token[1:])
        return _number(token)

    def _skip(self) -> None:
        if skipped := _SKIPPED.match(self._data, self.at):
            self.at = skipped.end()

    def _token(self) -> bytes:
        token = _TOKEN.match(self._data, self.at)
        if token is None:
            raise BrokenObject
        self.at = token.end()
        return token[0]

    def _is_next(self, token: bytes) -> bool:
        self._skip()
        if self._data.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def _dictionary(self, depth: int) -> dict[bytes, Any]:
        found: dict[bytes, Any] = {}
        while not self._is_next(b">>"):
            key = self.read(depth + 1)
            if not isinstance(key, Name):
                raise BrokenObject
            found[bytes(key)] = self.read(depth + 1)
        return found

    def _array(self, depth: int) -> list[Any]:
        found: list[Any] = []
        while not self._is_next(b"]"):
            found.append(self.read(depth + 1))
        return found

    def _string(self) -> bytes:
        """Skips a string: none says anything of a page."""
        open_ones, at = 0, self.at
        for mark in re.finditer(rb"\\.|[()]", self._data[at : at + (1 << 16)], re.DOTALL):
            open_ones += {b"(": 1, b")": -1}.get(mark[0], 0)
            if not open_ones:
                self.at = at + mark.end()
                return b""
        raise BrokenObject


def _number(token: bytes) -> Any:
    """The number that a token is; any other token stays as it is."""
    if not _NUMBER.fullmatch(token):
        return token
    return float(token) if b"." in token else int(token)
