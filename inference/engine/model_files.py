"""The files of one version of a model: which belong to it, and what they hold."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

CONFIG_FILE: Final = "model.toml"
CODE_FILE: Final = "model.py"
SUMS_FILE: Final = "SHA256SUMS"

_SUM_LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)")


class FileRefused(Exception):
    """A file that cannot belong to a model, and why."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(f"{file}: {reason}")


def hashes(
    folder: Path, number: str, beside: Iterable[str], *, has_code: bool = False
) -> dict[str, str]:
    """The sha256 of each file of a version, by its path relative to the model's folder.

    They are the configuration, code beside it, the files named by `beside` where they are there,
    and all that is in the version's folder, where there is one. A version that `has_code` and no
    `model.py` of its own runs the model's, which can import and read all around it: all of that
    too, but other versions.
    What begins with a dot does not count.

    Raises:
        FileRefused: one is a link that leads out of the repository, or no plain file.
        OSError: one cannot be read.
    """
    named = (folder / name for name in beside)
    files = {folder / CONFIG_FILE, *folder.glob("*.py"), *(file for file in named if file.exists())}
    root = folder.parent.resolve()
    if (folder / number).exists():
        files.update(_below(folder / number, root))
    if has_code and not (folder / number / CODE_FILE).is_file():
        shared = (entry for entry in folder.iterdir() if not is_version(entry))
        files.update(_among(shared, root, (folder.resolve(),)))
    return {file.relative_to(folder).as_posix(): _hash(file, folder) for file in sorted(files)}


def digest(files: Mapping[str, str]) -> str:
    """One sha256 over the paths and the hashes of these files."""
    lines = (f"{name}\0{content}\n" for name, content in files.items())
    # A name need not be text: its bytes count then.
    return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()


def check_sums(folder: Path, number: str, files: Mapping[str, str]) -> None:
    """Compare a version's files with its SHA256SUMS, if it has one.

    Raises:
        FileRefused: a file differs or is missing, or a line cannot be read.
        OSError: the sums cannot be read.
    """
    sums = folder / number / SUMS_FILE
    if f"{number}/{SUMS_FILE}" not in files:
        return
    for place, line in enumerate(sums.read_text(errors="replace").splitlines(), start=1):
        parts = _SUM_LINE.fullmatch(line)
        if parts is None:
            raise FileRefused(sums, f"line {place} is not a sha256 and a file's name")
        wanted, name = parts[1].lower(), Path(parts[2]).as_posix()
        found = files.get(f"{number}/{name}")
        if found is None:
            raise FileRefused(folder / number / name, f"is not there, but {SUMS_FILE} names it")
        if found != wanted:
            raise FileRefused(folder / number / name, f"does not have the sha256 of {SUMS_FILE}")


def is_content(path: Path) -> bool:
    """Whether a file or folder counts: not what is hidden or left over."""
    return not path.name.startswith(".") and path.name != "__pycache__"


def is_version(path: Path) -> bool:
    """Whether it is the folder of a version."""
    name = path.name
    return path.is_dir() and name.isascii() and name.isdecimal() and not name.startswith("0")


def check_inside(path: Path, root: Path) -> None:
    """Refuse a link that leads out of a root, which is given resolved.

    Raises:
        FileRefused: it does.
    """
    try:
        inside = path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # links that lead in a circle
        inside = False
    if not inside:
        raise FileRefused(path, "is a link that leads out of the repository")


def _below(folder: Path, root: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    check_inside(folder, root)
    place = folder.resolve()
    if place in above:
        raise FileRefused(folder, "is a link that leads in a circle")
    yield from _among(folder.iterdir(), root, (*above, place))


def _among(entries: Iterable[Path], root: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    for entry in filter(is_content, entries):
        if entry.is_dir():
            yield from _below(entry, root, above)
        else:
            yield entry


def _hash(file: Path, folder: Path) -> str:
    check_inside(file, folder.parent.resolve())
    if not file.is_file():
        raise FileRefused(file, "is not a plain file")
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
