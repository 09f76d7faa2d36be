"""Names of files in an archive: readable, safe on every system, and each there once."""

import re
import unicodedata
from typing import Final

from uploads import file_names

MAX_CHARACTERS: Final = 100
MAX_BYTES: Final = 200
"""In UTF-8: file systems take 255, of which a number and a folder's tools need some."""
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_DEVICES: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³]) *(?:\..*)?", re.IGNORECASE
)
_ELLIPSIS: Final = "…"
_JOINED: Final = frozenset({"Mn", "Mc", "Me", "Cf", "Sk"})
"""What belongs to the character before it."""


def safe_name(name: str) -> str:
    """A kept name as a file's: what no system takes is an underscore, its end is its end."""
    text = unicodedata.normalize("NFC", _UNSAFE.sub("_", file_names.shown(name)))
    text = text.strip(" .")
    return f"_{text}" if _DEVICES.fullmatch(text) else text or "photo"


def split(name: str) -> tuple[str, str]:
    """A file's name without its suffix, and the suffix with its dot, which may be empty."""
    suffix = _SUFFIX.search(name)
    return (
        (name, "") if suffix is None or not suffix.start() else (name[: suffix.start()], suffix[0])
    )


class Names:
    """Gives each file of an archive a name of its own, also where case says nothing."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def claim(self, folder: str, stem: str, suffix: str) -> str:
        """`folder/stem` with its suffix; cut in the middle where it is long, numbered if taken."""
        # As it is when it is cut: of many that are long and begin and end alike, none tries all
        # the numbers of the others.
        wanted = f"{folder}/{_cut(stem, len(suffix))}{suffix}".casefold()
        number = self._numbers.get(wanted, 0)
        while True:
            number += 1
            ending = suffix if number == 1 else f"-{number}{suffix}"
            name = f"{folder}/{_cut(stem, len(ending))}{ending}"
            if name.casefold() not in self._taken:
                break
        self._numbers[wanted] = number
        self._taken.add(name.casefold())
        return name


def _cut(stem: str, taken: int) -> str:
    characters, size = MAX_CHARACTERS - taken, MAX_BYTES - taken
    if len(stem) <= characters and len(stem.encode()) <= size:
        return stem
    half = (characters - len(_ELLIPSIS)) // 2
    head, tail = stem[:half], stem[-half:]
    while len(head.encode()) + len(tail.encode()) + len(_ELLIPSIS.encode()) > size:
        head, tail = head[:-1], tail[1:]
    while tail and unicodedata.category(tail[0]) in _JOINED:
        tail = tail[1:]
    return f"{head.rstrip()}{_ELLIPSIS}{tail.lstrip()}"
