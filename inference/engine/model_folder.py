"""A model's folder, `<root>/<name>` with a folder for each version, and what is read of it.

<root>/<name>/model.toml
              sample.jpg       if there: a photo to try it with
              model.py         code for every version, with what it imports around it, or
              1/model.py       code of this version
              1/model.onnx     the network, where the backend is onnx
              1/SHA256SUMS     if there: what the version's files must hold
              1/…              weights and what else the version needs

A model that another server computes needs its `model.toml` alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from inference.engine import limits
from inference.engine.choices import with_choices
from inference.engine.config import MODEL_FILES, ModelConfig
from inference.engine.model_files import (
    CONFIG_FILE,
    FileRefused,
    check_inside,
    check_sums,
    is_version,
)
from inference.engine.model_version import ModelVersion, hashes_of
from inference.engine.sample import read_sample
from inference.engine.version_config import TABLE, KeyRefused, settings_by_version
from strictjson.values import flaw, plain_text

REMOTE: Final = "remote"
"""The backend of models whose files lie elsewhere: their folder may have no version's."""
RESERVED_NAMES: Final = frozenset({"stats"})
"""Taken by the protocol: `/v2/models/stats` tells the statistics of all models."""


class InvalidModel(Exception):
    """A model's folder cannot be used; the message names file, key and reason."""

    code = "invalid_model"

    def __init__(self, file: Path, reason: str, key: str = "") -> None:
        self.file, self.key, self.reason = file, key, reason
        message = ": ".join(part for part in (str(file), key, reason) if part)
        super().__init__(plain_text(message, limits.REASON_LENGTH))


class NotOffered(InvalidModel):
    """Nothing is wrong with the model: files that its operator brings are not there yet."""


@dataclass(frozen=True)
class Model:
    """A model of the repository with the versions that its policy serves."""

    versions: Mapping[str, ModelVersion]
    """By number, lowest first; at least one."""
    sample: bytes = b""
    """A JPEG that people can try it with; empty: there is none."""

    @property
    def config(self) -> ModelConfig:
        """The default version's: what is not a version's own is the same in all."""
        return self.versions[self.default_version].config

    @property
    def name(self) -> str:
        return self.config.name

    @cached_property
    def default_version(self) -> str:
        """The highest number."""
        return max(self.versions, key=int)


def read_model(folder: Path) -> Model:
    """The model in this folder, whose parent is the root of its repository.

    Raises:
        NotOffered: there is no file yet that could be chosen.
        InvalidModel: its configuration, code or versions are missing or wrong.
    """
    try:
        check_inside(folder, folder.parent.resolve())
        configs = _read_configs(folder / CONFIG_FILE, folder.name)
        served = _served(configs, folder / CONFIG_FILE)
        offered = _offered({number: configs[number] for number in served}, folder)
        versions = {
            number: _read_version(config, folder, number) for number, config in offered.items()
        }
        return Model(versions, read_sample(folder))
    except FileRefused as refused:
        raise InvalidModel(refused.file, refused.reason) from refused
    except OSError as error:
        file = Path(error.filename or folder)
        raise InvalidModel(file, f"cannot be read: {error.strerror}") from error


def _read_configs(file: Path, name: str) -> dict[str, ModelConfig]:
    """The configuration of each version that is there, by its number, lowest first."""
    if name in RESERVED_NAMES:
        raise InvalidModel(file.parent, f"no model can be called {name}", "name")
    check_inside(file, file.parent.parent.resolve())
    if file.exists() and not file.is_file():
        raise InvalidModel(file, "is not a plain file")
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidModel(file, f"not TOML: {error}") from error
    for key, value in values.items():
        if wrong := flaw(value, limits.CONFIG_BYTES):
            raise InvalidModel(file, f"holds {wrong}", plain_text(key, limits.REASON_LENGTH))
    try:
        settings = settings_by_version({"name": name} | values, _numbers(file.parent, values))
    except KeyRefused as refused:
        raise InvalidModel(file, refused.reason, refused.key) from refused
    own = values.get(TABLE, {})
    return {
        number: _config(file, of_version, dict.fromkeys(own.get(number, ()), f"{TABLE}.{number}"))
        for number, of_version in settings.items()
    }


def _config(file: Path, settings: Mapping[str, Any], tables: Mapping[str, str]) -> ModelConfig:
    """The configuration of these settings; `tables` says where those of one version stand."""
    try:
        config = ModelConfig.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        table = [tables[key] for key in place[:1] if key in tables]
        raise InvalidModel(file, first["msg"], ".".join(table + place)) from error
    if config.name != file.parent.name:
        raise InvalidModel(file, f"the folder is called {file.parent.name}", "name")
    return config


def _served(configs: Mapping[str, ModelConfig], file: Path) -> list[str]:
    """The numbers of the versions that the policy serves, lowest first."""
    there = list(configs)
    config = configs[there[-1]]
    policy = config.version_policy
    for number in policy.specific or ():
        if number not in there:
            raise InvalidModel(file, f"there is no version {number}", "version_policy.specific")
    served = there[-policy.latest :] if policy.latest else there
    if policy.specific:
        served = [number for number in there if number in policy.specific]
    for label, number in config.labels.items():
        if number not in there:
            raise InvalidModel(file, f"there is no version {number}", f"labels.{label}")
        if number not in served:
            reason = f"version {number} is not served: version_policy leaves it out"
            raise InvalidModel(file, reason, f"labels.{label}")
    return served


def _offered(configs: Mapping[str, ModelConfig], folder: Path) -> dict[str, ModelConfig]:
    """Those that have the files that may be chosen, which stand in their parameters then.

    Raises:
        NotOffered: none has.
    """
    offered, reason = {}, ""
    for number, config in configs.items():
        try:
            params = with_choices(config.params, config.choices, folder / number)
        except LookupError as absent:
            reason = str(absent.args[0])
        else:
            offered[number] = config.model_copy(update={"params": params})
    if not offered:
        raise NotOffered(folder, reason)
    return offered


def _numbers(folder: Path, values: Mapping[str, Any]) -> list[str]:
    """The numbers of the versions that are there, lowest first."""
    there = [entry.name for entry in folder.iterdir() if is_version(entry)]
    if not there and values.get("backend") == REMOTE:
        return ["1"]  # it has no files
    if not there:
        raise InvalidModel(folder, "there is no version: a folder named by a number, such as 1")
    longest = max(there, key=len)
    if len(longest) > limits.VERSION_LENGTH:
        reason = f"a version's number has at most {limits.VERSION_LENGTH} digits"
        raise InvalidModel(folder / longest, reason)
    return sorted(there, key=int)


def _read_version(config: ModelConfig, folder: Path, number: str) -> ModelVersion:
    needed = MODEL_FILES.get(config.backend)
    if needed is None:
        pass
    elif config.backend == "python":
        if not any((place / needed).is_file() for place in (folder / number, folder)):
            raise InvalidModel(folder / number, f"there is no {needed}, neither here nor above")
    elif not (folder / number / needed).is_file():
        raise InvalidModel(
            folder / number, f"there is no {needed}: the backend is {config.backend}"
        )
    files = hashes_of(config, folder, number)
    check_sums(folder, number, files)
    return ModelVersion(config, number, folder, files)
