"""Which files are meant: images by name or in folders, and what is left out, with the reason."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from client.errors import ClientError
from imagefile.errors import UnsupportedFormat
from imagefile.formats import NAMES, SUFFIXES
from imagefile.reading import LOOKED_AT_BYTES, format_of

_NAMED_AT_MOST = 5
_NO_IMAGE = f"not a {NAMES} image"
_NO_FILE = "not a regular file"


@dataclass(frozen=True)
class LeftOut:
    """A file or folder that a search came upon and that is not submitted; `reason` completes
    "It is …"."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Found:
    """The images to submit, in order, and what lies beside them and is not submitted."""

    images: list[Path]
    left_out: list[LeftOut]


def find(paths: Sequence[Path], *, outside: Path) -> Found:
    """The images that `paths` name: files as given, folders searched recursively and sorted.

    In a folder an image is known by its name or its first bytes. Hidden files, and what lies below
    `outside`, where the results go, are passed over. Raises ClientError for a path that does not
    exist, and when there is no image at all.
    """
    results = outside.resolve()
    images: dict[Path, Path] = {}
    left_out: dict[Path, LeftOut] = {}
    for path in paths:
        if not path.exists():
            raise ClientError("path_not_found", f"{path} does not exist.")
        if not path.is_dir():
            images.setdefault(path.resolve(), path)
            continue
        for file, reason in _search(path):
            resolved = file.resolve()
            if resolved.is_relative_to(results):
                continue
            if reason:
                left_out.setdefault(resolved, LeftOut(file, reason))
            else:
                images.setdefault(resolved, file)
    # What is named as well as found lies in both.
    found = Found(
        list(images.values()), [one for key, one in left_out.items() if key not in images]
    )
    if not images:
        reasons = f" {describe(found.left_out)}" if found.left_out else ""
        raise ClientError("no_images", f"There is no {NAMES} image there.{reasons}")
    return found


def describe(left_out: Sequence[LeftOut]) -> str:
    """One sentence that counts what was left out and names the first few; not for none."""
    count = len(left_out)
    named = ", ".join(f"{one.path} ({one.reason})" for one in left_out[:_NAMED_AT_MOST])
    more = f", and {count - _NAMED_AT_MOST} more" if count > _NAMED_AT_MOST else ""
    return f"{count} {'file was' if count == 1 else 'files were'} left out: {named}{more}."


def _search(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every visible file below a folder, sorted, with the reason to leave it out; "": none."""
    unreadable: list[OSError] = []
    seen: list[tuple[Path, str]] = []
    for place, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = (Path(place, name) for name in names if not name.startswith("."))
        seen += [(file, _reason(file)) for file in visible]
        linked = (Path(place, name) for name in folders)
        seen += [(path, "a link to a folder") for path in linked if path.is_symlink()]
    seen += [(Path(e.filename), e.strerror or "unreadable") for e in unreadable if e.filename]
    yield from sorted(seen)


def _reason(file: Path) -> str:
    if not file.is_file():
        return _NO_FILE
    if file.suffix.lower() in SUFFIXES:
        # Whatever it holds: what is wrong with it is told of it by itself.
        return ""
    try:
        with file.open("rb") as opened:
            format_of(opened.read(LOOKED_AT_BYTES))
    except UnsupportedFormat:
        return _NO_IMAGE
    except OSError as error:
        return error.strerror or "unreadable"
    return ""
