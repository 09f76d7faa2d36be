"""Every entry of the catalog is complete, and its model is one that the engine takes."""

import re
import tomllib
from typing import Any

import pytest

from inference.engine.config import ModelConfig
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


def test_its_card_says_what_to_know(model: CatalogModel) -> None:
    config = ModelConfig.model_validate({"name": model.name, **_values(model)})
    assert all(config.card.model_dump().values())
    for file in model.files:
        assert file.license in config.card.license


def _values(model: CatalogModel) -> dict[str, Any]:
    return tomllib.loads((model.folder / "model.toml").read_text())
