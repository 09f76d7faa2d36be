"""The model repository: folders `<root>/<name>/model.toml` with one folder for each version.

<root>/<name>/model.toml
              model.py         code for every version, or
              1/model.py       code of this version
              1/…              weights and what else the version needs
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from inference.engine.config import ModelConfig

CONFIG_FILE = "model.toml"


class InvalidModel(Exception):
    """A model's folder cannot be used; the message names file, key and reason."""

    code = "invalid_model"

    def __init__(self, file: Path, reason: str, key: str = "") -> None:
        self.file, self.key, self.reason = file, key, reason
        super().__init__(": ".join(part for part in (str(file), key, reason) if part))


@dataclass(frozen=True)
class ModelVersion:
    """One version of a model: what an instance runs."""

    config: ModelConfig
    number: str
    folder: Path
    """The model's folder."""
    sha256: str
    """Over the paths and bytes of its configuration, code and files, in hexadecimal."""

    @property
    def files(self) -> Path:
        """The version's own folder."""
        return self.folder / self.number

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that mean this version, sorted."""
        labels = self.config.labels.items()
        return tuple(sorted(label for label, number in labels if number == self.number))


@dataclass(frozen=True)
class Model:
    """A model of the repository with all its versions."""

    config: ModelConfig
    versions: Mapping[str, ModelVersion]

    @property
    def name(self) -> str:
        return self.config.name

    @cached_property
    def default_version(self) -> str:
        """The highest number."""
        return max(self.versions, key=int)


class Repository:
    """The models in a list of roots; of two with the same name, the earlier root's counts."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.models: dict[str, Model] = {}
        self.problems: dict[str, InvalidModel] = {}
        """Why a model is not among `models`, by its name."""
        for folder in _model_folders(roots):
            if folder.name in self.models or folder.name in self.problems:
                continue
            try:
                self.models[folder.name] = read_model(folder)
            except InvalidModel as problem:
                self.problems[folder.name] = problem

    def version(self, model: str, number: str) -> ModelVersion | None:
        """That version of that model, None where there is none."""
        found = self.models.get(model)
        return found.versions.get(number) if found else None


def read_model(folder: Path) -> Model:
    """The model in this folder.

    Raises:
        InvalidModel: its configuration, code or versions are missing or wrong.
    """
    config_file = folder / CONFIG_FILE
    config = _read_config(config_file, folder.name)
    numbers = sorted((entry.name for entry in folder.iterdir() if _is_version(entry)), key=int)
    if not numbers:
        raise InvalidModel(folder, "there is no version: a folder named by a number, such as 1")
    for label, number in config.labels.items():
        if number not in numbers:
            raise InvalidModel(config_file, f"there is no version {number}", f"labels.{label}")
    try:
        versions = {number: _read_version(config, folder, number) for number in numbers}
    except OSError as error:
        raise InvalidModel(folder, f"cannot be read: {error.strerror}") from error
    return Model(config, versions)


def _read_config(file: Path, name: str) -> ModelConfig:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidModel(file, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidModel(file, f"not TOML: {error}") from error
    try:
        return ModelConfig.model_validate({"name": name} | values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidModel(file, first["msg"], key) from error


def _read_version(config: ModelConfig, folder: Path, number: str) -> ModelVersion:
    if not any((place / "model.py").is_file() for place in (folder / number, folder)):
        raise InvalidModel(folder / number, "there is no model.py, neither here nor above")
    return ModelVersion(config, number, folder, _digest(folder, number))


def _model_folders(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        if root.is_dir():
            yield from sorted(f for f in root.iterdir() if f.is_dir() and _is_content(f))


def _is_version(entry: Path) -> bool:
    name = entry.name
    return entry.is_dir() and name.isascii() and name.isdecimal() and not name.startswith("0")


def _is_content(path: Path) -> bool:
    return not path.name.startswith((".", "__pycache__"))


def _digest(folder: Path, number: str) -> str:
    files = [folder / CONFIG_FILE, *folder.glob("*.py"), *_files_below(folder / number)]
    digest = hashlib.sha256()
    for file in sorted(files):
        with file.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def _files_below(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if not _is_content(entry):
            continue
        if entry.is_dir():
            yield from _files_below(entry)
        else:
            yield entry
