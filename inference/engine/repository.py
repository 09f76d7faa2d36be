"""The model repository: every model folder in a list of roots."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from inference.engine import limits
from inference.engine.model_files import is_content
from inference.engine.model_folder import (
    InvalidModel,
    Model,
    NotOffered,
    read_model,
)
from inference.engine.model_version import ModelVersion
from strictjson.values import plain_text


class Repository:
    """Every model in a list of roots; of two with the same name, the earlier root's counts.

    Reads all of them when it is made, which takes as long as the files are large.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = tuple(roots)
        self.models: dict[str, Model] = {}
        """As they were last kept; in an engine, what it serves or would serve."""
        self.problems: dict[str, InvalidModel] = {}
        """Why a model's folder could not be used when it was last read, by the model's name."""
        for name in self._folders():
            with contextlib.suppress(InvalidModel):
                self.keep(self.read(name))

    def version(self, model: str, number: str) -> ModelVersion | None:
        """That version of that model, None where there is none."""
        found = self.models.get(model)
        return found.versions.get(number) if found else None

    def has(self, name: str) -> bool:
        """Whether there is a folder of that name now, valid or not."""
        return name in self._folders()

    def read(self, name: str) -> Model:
        """What is in this model's folder now. `models` stays as it is, until it is kept.

        Raises:
            NotOffered: files that its operator brings are not there yet, which is no problem.
            InvalidModel: it cannot be used, which `problems` tells from now on, or is not there.
        """
        folder = self._folders().get(name)
        if folder is None:
            raise InvalidModel(Path(name), "there is no such folder in the repository")
        try:
            return read_model(folder)
        except NotOffered:
            self.problems.pop(name, None)
            raise
        except InvalidModel as problem:
            self.problems[name] = problem
            raise

    def keep(self, model: Model) -> None:
        """This is what the model is from now on."""
        self.models[model.name] = model
        self.problems.pop(model.name, None)

    def _folders(self) -> dict[str, Path]:
        folders: dict[str, Path] = {}
        for root in self._roots:
            if root.is_dir():
                for entry in sorted(root.iterdir()):
                    if entry.is_dir() and is_content(entry):
                        folders.setdefault(plain_text(entry.name, limits.REASON_LENGTH), entry)
        return folders
