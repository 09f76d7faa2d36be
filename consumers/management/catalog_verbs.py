"""What `manage.py models` does with the catalog: list it, add one of its models, verify weights."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management.base import CommandError

from inference.weights import add as adding
from inference.weights import install
from inference.weights.catalog import CatalogModel, read_catalog
from inference.weights.packages import WeightsError
from inference.weights.table import MODELS, read_table

HEADINGS: Final = ("model", "task", "size", "license", "state", "source")

WIDTH: Final = 100
"""Of a paragraph, in characters."""

Tell = Callable[[str], object]


def rows() -> Iterator[Sequence[str]]:
    """A line of the table for each model of the catalog."""
    for model in read_catalog().values():
        yield (
            model.name,
            model.task,
            _size(model),
            ", ".join(model.licenses) + (", restricted" if model.restriction else ""),
            "added" if (_repository() / model.name).exists() else "",
            ", ".join(model.sources),
        )


def notes() -> Iterator[str]:
    """What each model of the catalog is for and what not, a paragraph each."""
    for model in read_catalog().values():
        about = f"{model.name}: {model.title}. {model.limits} {model.restriction}".rstrip()
        yield textwrap.fill(about, WIDTH, subsequent_indent="  ")


def add(name: str, given: Sequence[Path], tell: Tell, *, accepts_license: bool) -> None:
    """Puts a model of the catalog into the operator's repository, and tells what it is.

    Raises:
        CommandError: there is no such model, its license is not accepted, or it cannot be had.
    """
    catalog = read_catalog()
    model = catalog.get(name)
    if model is None:
        raise CommandError(f"There is no '{name}' in the catalog; it has {', '.join(catalog)}.")
    tell(f"{model.title}: {_size(model)}, {', '.join(model.licenses)}. {model.limits}")
    if model.restriction:
        tell(f"Restricted: {model.restriction}")
        if not accepts_license:
            raise CommandError("Say --accept-license if that allows what you use it for.")
    for path in given:
        if not path.is_file():
            raise CommandError(f"{path} is not there, or no file.")
    try:
        folder = adding.add(model, _repository(), given)
    except WeightsError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{_repository()} cannot take the model: {error}") from None
    tell(f"It lies in {folder}, with its license beside its weights.")


def verify(tell: Tell) -> None:
    """Hashes every file of weights that was put into place, and tells each problem.

    Raises:
        CommandError: there is one.
    """
    shipped = read_table()
    problems = [
        f"{MODELS / file.path} is missing or not as it was published: "
        f"run `python -m inference.weights`."
        for file in shipped
        if not install.holds(MODELS, file)
    ]
    roots = settings.MODEL_REPOSITORIES
    added = [
        (model, root)
        for model in read_catalog().values()
        for root in roots
        if (root / model.name).is_dir()
    ]
    for model, root in added:
        problems += adding.problems(model, root)
    for problem in problems:
        tell(problem)
    files = len(shipped) + sum(len(model.files) for model, _ in added)
    tell(f"{files} files of weights, {len(problems)} problems")
    if problems:
        raise CommandError("The weights are not as they must be.")


def _repository() -> Path:
    """Where the operator's models lie."""
    repository: Path = settings.MODEL_REPOSITORIES[0]
    return repository


def _size(model: CatalogModel) -> str:
    return f"{model.bytes / 1e6:.1f} MB"
