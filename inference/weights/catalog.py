"""The catalog: models that are known to work here and are added by one command.

A folder of `catalog/` is a model's own folder without its weights, and `entry.toml` beside them:

restriction  what its license or its training data forbid; empty: nothing of note
[shared]     files of others that it uses: for a folder in its own, patterns below `inference`. One
             that the folder has itself is not replaced
[[file]]     its weights, as in `table.toml`, by paths in the model's folder. A file that no package
             carries is given by the operator: `notice` says what to look for.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inference.engine.model_files import CONFIG_FILE
from inference.weights.table import WeightsFile, weights_file

CATALOG: Final = Path(__file__).with_name("catalog")
ENTRY_FILE: Final = "entry.toml"


@dataclass(frozen=True)
class CatalogModel:
    """One model of the catalog."""

    name: str
    folder: Path
    """Its folder without its weights."""
    title: str
    task: str
    limits: str
    """What it cannot do, as its card says."""
    restriction: str
    files: tuple[WeightsFile, ...]
    shared: Mapping[str, Sequence[str]]
    """By folders of its own, patterns below `inference` of files that it uses."""

    @property
    def bytes(self) -> int:
        """The size of its weights."""
        return sum(file.bytes for file in self.files)

    @property
    def licenses(self) -> list[str]:
        """Of its weights, as SPDX identifiers."""
        return sorted({file.license for file in self.files})

    @property
    def sources(self) -> list[str]:
        """The packages that carry its weights, and the files that the operator gives."""
        return sorted({file.package or f"file {file.path.name}" for file in self.files})


def read_catalog(folder: Path = CATALOG) -> dict[str, CatalogModel]:
    """Every model of the catalog, by its name."""
    entries = sorted(folder.glob(f"*/{ENTRY_FILE}"))
    return {entry.parent.name: _read_entry(entry) for entry in entries}


def _read_entry(entry: Path) -> CatalogModel:
    values = _read(entry)
    model = _read(entry.with_name(CONFIG_FILE))
    return CatalogModel(
        name=entry.parent.name,
        folder=entry.parent,
        title=model["title"],
        task=model["task"],
        limits=model["card"]["limits"],
        restriction=values["restriction"],
        files=tuple(map(weights_file, values["file"])),
        shared=values.get("shared", {}),
    )


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
