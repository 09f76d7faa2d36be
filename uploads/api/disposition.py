"""What the Content-Disposition of a part of multipart/form-data says (RFC 7578, section 4.2)."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

_NEXT: Final = rb'(?=\s*(?:;\s*[^\s=;"]+\s*=|;?\s*$))'
_PARAMETER: Final = re.compile(
    rb'\s*;\s*(?P<key>[^\s=;"]+)\s*=\s*'
    # As RFC 9110 quotes, with backslashes; else as browsers do, where a backslash is itself.
    rb'(?:"(?P<quoted>(?:\\.|[^\\])*?)"' + _NEXT + rb'|"(?P<plain>.*?)"' + _NEXT + rb"|"
    rb'(?P<bare>[^";]*))',
    re.DOTALL,
)
_END: Final = re.compile(rb"\s*;?\s*")
_ESCAPED: Final = re.compile(rb'\\([\\"])')
_PERCENT: Final = re.compile(rb"%(22|0D|0A)", re.IGNORECASE)
_EXTENDED: Final = re.compile(rb"([^']*)'[^']*'(.*)", re.DOTALL)
_CHARSET: Final = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp\d+|euc_\w+|shift_jis\w*|gb\w+|big5\w*|koi8-[ru]|tis-620"
)
"""Python's names of the charsets that names are written in; it also has some of other kinds."""


class MalformedPart(ValueError):
    """A part of a form that cannot be understood; the text says why."""


@dataclass(frozen=True)
class Disposition:
    """What one part is."""

    field: str
    file_name: bytes | None
    """In UTF-8, if its sender followed the standards. None: the part is a text."""


def disposition(header: bytes) -> Disposition:
    """Reads the header's value.

    Names are unquoted as the WHATWG's form encoding quotes them (`%22`, `%0D`, `%0A`), and as
    older clients do (`\\"`, `\\\\`); `name*` and `filename*` as RFC 8187 has them.

    Raises:
        MalformedPart: it is not form-data, has no name, or says something twice.
    """
    kind, semicolon, _ = header.partition(b";")
    if kind.strip().lower() != b"form-data":
        raise MalformedPart("its Content-Disposition is not form-data")
    parameters: dict[str, bytes] = {}
    for key, value in _parameters(header[len(kind) :] if semicolon else b""):
        if key in parameters:
            raise MalformedPart(f"its Content-Disposition has {key} twice")
        parameters[key] = value
    try:
        field = (_named("name", parameters) or b"").decode().strip()
    except UnicodeDecodeError:
        raise MalformedPart("the name of its field is not UTF-8") from None
    if not field:
        raise MalformedPart("its Content-Disposition has no name")
    return Disposition(field, _named("filename", parameters))


def _parameters(header: bytes) -> Iterator[tuple[str, bytes]]:
    place = 0
    while not _END.fullmatch(header, place):
        found = _PARAMETER.match(header, place)
        if found is None:
            raise MalformedPart("its Content-Disposition cannot be read")
        yield found["key"].decode("latin-1").lower(), _value(found)
        place = found.end()


def _value(found: re.Match[bytes]) -> bytes:
    quoted, plain, bare = found["quoted"], found["plain"], found["bare"]
    if quoted is not None:
        return _ESCAPED.sub(rb"\1", quoted)
    return plain if plain is not None else bare.strip()


def _named(key: str, parameters: dict[str, bytes]) -> bytes | None:
    """A parameter's value: in its extended form, as RFC 6266 has it, where that can be read."""
    plain, extended = parameters.get(key), parameters.get(f"{key}*")
    if extended is not None and (plain is None or _in_utf8(extended) is not None):
        return _in_utf8(extended) or _bytes_of(extended)
    return None if plain is None else _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), plain)


def _in_utf8(extended: bytes) -> bytes | None:
    """A value as RFC 8187 has it, in UTF-8; None where its charset is none that this text is in."""
    found = _EXTENDED.fullmatch(extended)
    try:
        charset = codecs.lookup(found[1].decode("ascii")).name if found else ""
        if found is None or not _CHARSET.fullmatch(charset):
            return None
        return unquote_to_bytes(found[2]).decode(charset).encode()
    except (LookupError, ValueError):
        return None


def _bytes_of(extended: bytes) -> bytes:
    found = _EXTENDED.fullmatch(extended)
    return unquote_to_bytes(found[2] if found else extended)
