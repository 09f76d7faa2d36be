"""One version of a model: its configuration and the files that it was read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from inference.engine.config import ModelConfig
from inference.engine.model_files import FileRefused, digest, hashes


@dataclass(frozen=True)
class ModelVersion:
    """One version of a model: what an instance runs."""

    config: ModelConfig
    number: str
    folder: Path
    """The model's folder."""
    files: Mapping[str, str]
    """The sha256 of each of its files, in hexadecimal, by the path relative to `folder`."""

    @property
    def own_folder(self) -> Path:
        """The version's own folder."""
        return self.folder / self.number

    @property
    def places(self) -> list[Path]:
        """What holds its files: the model's folder, and what links in it lead to."""
        folder = self.folder.resolve()
        files = ((folder / name).resolve() for name in self.files)
        return [folder, *(file for file in files if not file.is_relative_to(folder))]

    @cached_property
    def sha256(self) -> str:
        """Over the paths and bytes of its configuration, code and files, in hexadecimal."""
        return digest(self.files)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that mean this version, sorted."""
        labels = self.config.labels.items()
        return tuple(sorted(label for label, number in labels if number == self.number))

    def changed_file(self) -> Path | None:
        """A file that is not as it was when it was read; None: all are. Reads every file."""
        try:
            now = hashes_of(self.config, self.folder, self.number)
        except FileRefused as refused:
            return refused.file
        except OSError as error:
            return Path(error.filename or self.folder)
        names = sorted(now.keys() | self.files.keys())
        changed = (name for name in names if now.get(name) != self.files.get(name))
        return next((self.folder / name for name in changed), None)


def hashes_of(config: ModelConfig, folder: Path, number: str) -> dict[str, str]:
    """The sha256 of each of its files, in hexadecimal, by the path relative to `folder`.

    Raises:
        FileRefused: one of them cannot belong to a model.
        OSError: one of them cannot be read.
    """
    shown = config.interpretation
    beside = (shown.labels_file,) if shown and shown.kind == "labels" else ()
    return hashes(folder, number, beside, has_code=config.backend == "python")
