"""Photos whose outlines were drawn by hand: they stay in the packages that carry them."""

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from PIL import Image

from quality.conditions import Pixels
from quality.report import FOLDER

FACES: Final = "face_recognition==1.3.0"
GCOMPRIS: Final = "gcompris-qt-data"
CACHE: Final = FOLDER / "photos"


class PhotoMissing(Exception):
    """A photo cannot be had here; the message says why."""


def photo(source: str, sha256: str) -> Pixels:
    """The photo `package:file`, upright RGB.

    Raises:
        PhotoMissing: its package cannot be had, or holds another file.
    """
    package, _, name = source.partition(":")
    content = _PACKAGES[package](name)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PhotoMissing(f"{source} is not the file that was outlined.")
    with Image.open(io.BytesIO(content)) as image:
        return np.array(image.convert("RGB"))


def _installed(package: str, folder: str) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise PhotoMissing(f"{package} is not installed.")
        return (Path(spec.origin).parent / folder / name).read_bytes()

    return read


def _face(name: str) -> bytes:
    """A portrait of face_recognition's tests, out of its source archive, fetched once."""
    kept = CACHE / "face_recognition.tar.gz"
    if not kept.is_file():
        with TemporaryDirectory() as folder:
            pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
            _run(*pip, "--no-binary=:all:", "--dest", folder, FACES)
            _keep(next(Path(folder).iterdir()), kept)
    with tarfile.open(kept) as archive:
        member = archive.extractfile(f"{FACES.replace('==', '-')}/tests/test_images/{name}")
        if member is None:
            raise PhotoMissing(f"{FACES} does not hold {name}.")
        return member.read()


def _animal(name: str) -> bytes:
    """A photo of GCompris' world of animals, out of Debian's package, fetched once."""
    kept = CACHE / "explore_world_animals.rcc"
    if not kept.is_file():
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            raise PhotoMissing(f"{GCOMPRIS} comes from Debian, which this system is not.")
        with TemporaryDirectory() as folder:
            _run("apt-get", "download", "-q", GCOMPRIS, folder=folder)
            _run("dpkg-deb", "-x", str(next(Path(folder).glob("*.deb"))), folder)
            _keep(Path(folder) / "usr/share/gcompris-qt/rcc/explore_world_animals.rcc", kept)
    files = _qt_resources(kept)
    if name not in files:
        raise PhotoMissing(f"{GCOMPRIS} does not hold {name}.")
    return files[name]


@cache
def _qt_resources(file: Path) -> Mapping[str, bytes]:
    """The uncompressed files of a Qt resource archive (rcc, format 3) by their names."""
    content = file.read_bytes()

    def number(at: int, length: int = 4) -> int:
        return int.from_bytes(content[at : at + length], "big")

    tree, data, names = (number(at) for at in (8, 12, 16))
    files = {}
    for node in range(tree, len(content) - 21, 22):
        if number(node + 4, 2):  # a folder, or compressed
            continue
        at = names + number(node)
        name = content[at + 6 : at + 6 + 2 * number(at, 2)].decode("utf-16-be")
        start = data + number(node + 10)
        files[name] = content[start + 4 : start + 4 + number(start)]
    return files


def _keep(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, place)


def _run(*command: str, folder: str | None = None) -> None:
    done = subprocess.run(  # noqa: S603  # the commands are this file's own
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PhotoMissing(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-200:]}")


_PACKAGES: Final[Mapping[str, Callable[[str], bytes]]] = {
    "skimage": _installed("skimage", "data"),
    "sklearn": _installed("sklearn", "datasets/images"),
    "face_recognition": _face,
    "gcompris": _animal,
}
