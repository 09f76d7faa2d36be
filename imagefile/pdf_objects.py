"""The objects of PDF files (ISO 32000-2, section 7.3), parsed as far as pages need them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from imagefile.pdf_budget import Budget

MAX_DEPTH: Final = 32
"""Of arrays and dictionaries in each other."""
MAX_TOKENS: Final = 100_000
"""Of one object."""
MAX_OBJECT_BYTES: Final = 1 << 20
MAX_STRING_BYTES: Final = 1 << 16
_MAX_ESCAPED_NAME_BYTES: Final = 1_024

_SPACE: Final = rb"\x00\t\n\x0c\r "
_END: Final = rb"\x00\t\n\x0c\r ()<>\[\]{}/%"
# What was matched is never given up again: a loop that may give up keeps a state for each round.
_SKIPPED: Final = re.compile(rb"(?:[" + _SPACE + rb"]++|%[^\r\n]*+)*+")
_TOKEN: Final = re.compile(
    rb"<<|>>|\[|\]"
    rb"|/[^" + _END + rb"]*+"
    rb"|<[0-9A-Fa-f" + _SPACE + rb"]{0,65536}+>"
    rb"|[^" + _END + rb"]++"
)
_REFERENCE: Final = re.compile(
    rb"(\d{1,10}+)[" + _SPACE + rb"]++\d{1,5}+[" + _SPACE + rb"]++R(?![^" + _END + rb"])"
)
_NUMBER: Final = re.compile(rb"[+-]?(\d{1,20}\.?\d{0,20}|\.\d{1,20})")
_MARK: Final = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


class BrokenObject(Exception):
    """It does not follow the rules, or goes on for too long."""


class Name(bytes):
    """A name, without its slash."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Another object, by its number."""

    number: int


class Parser:
    """Reads one object."""

    def __init__(self, data: bytes, budget: Budget, at: int = 0) -> None:
        self.at = min(max(0, at), len(data))
        self._data = data
        self._budget = budget
        self._end = min(len(data), self.at + MAX_OBJECT_BYTES)
        self._tokens = 0

    def read(self, depth: int = 0) -> Any:
        """The next object: a dict, a list, a Name, a Reference, a number, None, or bytes.

        Raises:
            BrokenObject: there is none.
            TooManyParts: the budget is spent.
        """
        self._tokens += 1
        self._budget.spend("tokens")
        if depth > MAX_DEPTH or self._tokens > MAX_TOKENS:
            raise BrokenObject
        self._skip()
        if self._data.startswith(b"(", self.at, self._end):
            return self._string()
        if reference := _REFERENCE.match(self._data, self.at, self._end):
            self._move(reference.end())
            return Reference(int(reference[1]))
        token = self._token()
        if token == b"<<":
            return self._dictionary(depth)
        if token == b"[":
            return self._array(depth)
        if token in {b">>", b"]"}:
            raise BrokenObject
        return _name(token) if token.startswith(b"/") else _number(token)

    def _move(self, to: int) -> None:
        self._budget.spend("bytes of objects", to - self.at)
        self.at = to

    def _skip(self) -> None:
        if skipped := _SKIPPED.match(self._data, self.at, self._end):
            self._move(skipped.end())

    def _token(self) -> bytes:
        token = _TOKEN.match(self._data, self.at, self._end)
        if token is None:
            # A string in hexadecimal may have been looked through for its end.
            self._budget.spend("bytes of objects", MAX_STRING_BYTES)
            raise BrokenObject
        self._move(token.end())
        return token[0]

    def _is_next(self, token: bytes) -> bool:
        self._skip()
        if self._data.startswith(token, self.at, self._end):
            self._move(self.at + len(token))
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
        open_ones = 0
        end = min(self._end, self.at + MAX_STRING_BYTES)
        self._budget.spend("bytes of objects", end - self.at)
        for mark in _MARK.finditer(self._data, self.at, end):
            self._budget.spend("tokens")
            open_ones += {b"(": 1, b")": -1}.get(mark[0], 0)
            if not open_ones:
                self.at = mark.end()
                return b""
        raise BrokenObject


def _name(token: bytes) -> Name:
    if b"#" in token and len(token) <= _MAX_ESCAPED_NAME_BYTES:
        token = _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), token)
    return Name(token[1:])


def _number(token: bytes) -> Any:
    """The number that a token is, or None for `null`; any other token stays as it is."""
    if token == b"null":
        return None
    if not _NUMBER.fullmatch(token):
        return token
    return float(token) if b"." in token else int(token)
