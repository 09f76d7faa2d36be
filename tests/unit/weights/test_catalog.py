"""Every entry of the catalog is complete, and its model is one that the engine takes."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from inference.engine.config import ModelConfig
from inference.engine.sample import SAMPLE_FILE, read_sample
from inference.weights.add import INFERENCE
from inference.weights.catalog import CatalogModel, read_catalog
from inference.weights.table import MODELS

CATALOG = read_catalog()


@pytest.fixture(params=list(CATALOG.values()), ids=list(CATALOG))
def model(request: pytest.FixtureRequest) -> CatalogModel:
    found: CatalogModel = request.param
    return found


def test_an_entry_says_what_it_is_for_and_whose_it_is(model: CatalogModel) -> None:
    assert model.title
    assert model.task
    assert model.limits.endswith(".")
    assert not model.restriction or model.restriction.endswith(".")
    for file in model.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.notice.endswith(".")
        assert len(file.license_text) > len(file.notice) + 1000


def test_its_configuration_is_valid(model: CatalogModel) -> None:
    config = ModelConfig.model_validate({"name": model.name, **_values(model)})
    assert config.description
    assert config.takes_images


def test_its_name_hides_no_shipped_model(model: CatalogModel) -> None:
    assert not (MODELS / model.name).exists()


def test_what_it_shares_is_there(model: CatalogModel) -> None:
    for patterns in model.shared.values():
        for pattern in patterns:
            assert list(INFERENCE.glob(pattern)), pattern


def test_it_has_a_photo_to_try_it_with(model: CatalogModel) -> None:
    shared = model.shared.get(".", ())
    assert read_sample(model.folder) or any(one.endswith(SAMPLE_FILE) for one in shared)


@pytest.mark.parametrize("folder", sorted(one.parent for one in MODELS.glob("*/model.toml")))
def test_each_shipped_model_has_one_too(folder: Path) -> None:
    assert read_sample(folder)


def test_its_card_says_what_to_know(model: CatalogModel) -> None:
    config = ModelConfig.model_validate({"name": model.name, **_values(model)})
    assert all(config.card.model_dump().values())
    for file in model.files:
        assert file.license in config.card.license


def _values(model: CatalogModel) -> dict[str, Any]:
    return tomllib.loads((model.folder / "model.toml").read_text())


def test_its_code_imports_nothing_that_is_not_there(model: CatalogModel) -> None:
    own = list(model.folder.rglob("*.py"))
    shared = [pattern for patterns in model.shared.values() for pattern in patterns]
    files = own + [file for pattern in shared for file in INFERENCE.glob(pattern)]
    modules = {file.stem for file in files}
    for file in (file for file in files if file.suffix == ".py"):
        for name in _imports(file):
            assert name in modules or find_spec(name), f"{file} imports {name}"


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]
