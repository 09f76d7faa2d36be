"""The table of weights, `table.toml`, as Python sees it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

TABLE: Final = Path(__file__).with_name("table.toml")
MODELS: Final = Path(__file__).parents[1] / "models"
_LICENSES: Final = Path(__file__).with_name("licenses")


@dataclass(frozen=True)
class WeightsFile:
    """One file of weights."""

    path: PurePosixPath
    """Where it lies, below the folder of the models."""
    sha256: str
    """Of the file, in hexadecimal."""
    bytes: int
    license: str
    """The SPDX identifier of the weights' own license."""
    notice: str
    """Who made it."""
    package: str | None = None
    """What carries it, `name==version`; None: it lies in this repository."""
    members: tuple[str, ...] = ()
    """Its parts in the package."""
    convert: str | None = None
    """`module:function` that makes the file's bytes of those of the members."""

    @property
    def license_path(self) -> PurePosixPath:
        """Where its license and notice lie: beside it."""
        return self.path.with_name(f"{self.path.name}.LICENSE.txt")

    @property
    def license_text(self) -> str:
        """The notice, and the whole license."""
        origin = f"{self.path.name}: {self.notice}"
        if self.package:
            origin += f"\nTaken from the package {self.package}."
        if self.convert:
            origin += f"\nChanged: converted by {self.convert}."
        text = (_LICENSES / f"{self.license}.txt").read_text(encoding="utf-8")
        return f"{origin}\nLicense: {self.license}, as follows.\n\n{text}"


def read_table(file: Path = TABLE) -> tuple[WeightsFile, ...]:
    """The files that a table lists, in its order."""
    return tuple(map(weights_file, tomllib.loads(file.read_text(encoding="utf-8"))["file"]))


def weights_file(values: Mapping[str, Any]) -> WeightsFile:
    """One entry of a table."""
    path, members = PurePosixPath(values["path"]), tuple(values.get("members", ()))
    return WeightsFile(**{**values, "path": path, "members": members})
