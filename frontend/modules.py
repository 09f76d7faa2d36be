"""The page's modules, each served under a name that carries a hash of its content.

Modules import each other by the names they have in the repository; the page's import map says under
which they are served. So a module's hash is of itself alone: imports may go in circles, and a
change of one leaves the others in browsers' caches. They are served without their comments, a third
of them, and without their indentation.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from django.conf import settings
from django.templatetags.static import static

_ROOT: Final = Path(__file__).resolve().parent / "static"
_FOLDER: Final = _ROOT / "frontend" / "js"
_ENTRIES: Final = ("main.js", "view/workspace.js")
"""What each visit runs, if not at once: with what they import it is asked for together."""
_COMMENT: Final = re.compile(
    r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.MULTILINE | re.DOTALL
)
"""One that has its lines for itself."""
_TYPE: Final = re.compile(r"/\*\*(?:(?!\*/).)*\*/ ?")
"""One for the checker of types, within a line."""
_INDENTATION: Final = re.compile(r"^[ \t]+", re.MULTILINE)
_IMPORT: Final = re.compile(r'^(?:import|export)\b[^;"]*"(\.[^"]+)";', re.MULTILINE)


def without_comments(source: str) -> str:
    """A module without the comments that have lines for themselves, and without the types (`/**`)
    that stand within lines; its code stays on its lines."""
    return _TYPE.sub("", _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source))


def as_served(source: str) -> str:
    """A module without comments and indentation; its code stays on its lines. One that has a text
    over several lines, whose spaces count, keeps its indentation."""
    code = without_comments(source)
    has_long_text = any(line.count("`") % 2 for line in code.splitlines())
    return code if has_long_text else _INDENTATION.sub("", code)


@cache
def import_map() -> str:
    """The page's import map as JSON, from the names in the repository to those that are served;
    empty where they are the same, as while developing."""
    served = {}
    for path in (*sorted(_FOLDER.rglob("*.js")), _ROOT / "frontend" / "img" / "icons.svg"):
        name = path.relative_to(_ROOT).as_posix()
        plain = urljoin(settings.STATIC_URL, name)
        if static(name) != plain:
            served[plain] = static(name)
    return json.dumps({"imports": served}, separators=(",", ":")) if served else ""


@cache
def import_map_source() -> str:
    """The import map as a source that a Content Security Policy allows; empty: there is none."""
    if not import_map():
        return ""
    digest = hashlib.sha256(import_map().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def first_modules() -> list[str]:
    """Where the modules of a first visit are served, to be asked for at once instead of level by
    level as each names the next."""
    found: dict[Path, None] = {}
    for entry in _ENTRIES:
        found |= dict.fromkeys(_reached(_FOLDER / entry, found))
    return [static(path.relative_to(_ROOT).as_posix()) for path in found]


def _reached(module: Path, seen: dict[Path, None]) -> Iterator[Path]:
    """It and what it imports, at any remove."""
    waiting = [module]
    known = set(seen)
    while waiting:
        path = waiting.pop()
        if path in known:
            continue
        known.add(path)
        yield path
        waiting += [(path.parent / name).resolve() for name in _IMPORT.findall(path.read_text())]
