"""What `model.toml` may declare of a model that another server computes."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from inference.engine.config import ModelConfig
from inference.engine.model_folder import InvalidModel, read_model

TENSOR = {"name": "x", "datatype": "FP32", "shape": [2]}
PHOTOS: dict[str, Any] = {
    "name": "far",
    "backend": "remote",
    "output_kind": "labels",
    "remote": {"url": "http://there:8000"},
    "preprocessing": {"width": 4, "height": 4},
    "interpretation": {"kind": "labels"},
}


def test_the_model_is_called_there_as_here_unless_it_is_named() -> None:
    config = ModelConfig.model_validate(PHOTOS)
    assert config.remote is not None
    assert config.remote.model == "far"
    assert config.platform == "remote"
    assert (config.takes_images, config.takes_tensors) == (True, False)
    named = ModelConfig.model_validate(PHOTOS | {"remote": {"url": "http://a:1", "model": "b"}})
    assert named.remote is not None
    assert named.remote.model == "b"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"remote": None}, "remote: goes with the backend remote"),
        ({"backend": "python"}, "remote: goes with the backend remote"),
        ({"preprocessing": None, "interpretation": None}, "inputs: without preprocessing"),
        ({"warm_up": {}}, "warm_up: the server warms"),
        ({"timeout_seconds": 30}, "remote.timeout_seconds: must be below"),
        ({"inputs": [TENSOR], "outputs": [TENSOR]}, "preprocessing: gives"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        ModelConfig.model_validate(PHOTOS | changes)


def test_a_folder_needs_its_configuration_alone(tmp_path: Path) -> None:
    text = """
        backend = "remote"
        output_kind = "labels"
        remote = { url = "grpc://there:8001" }
        preprocessing = { width = 4, height = 4 }
        interpretation = { kind = "labels" }
    """
    folder = tmp_path / "models" / "far"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(text)
    model = read_model(folder)
    assert list(model.versions) == ["1"]
    assert list(model.versions["1"].files) == ["model.toml"]
    assert model.versions["1"].changed_file() is None
    (folder / "model.toml").write_text(text + 'description = "x"\n')
    assert model.versions["1"].changed_file() == folder / "model.toml"
    (folder / "model.toml").write_text('backend = "onnx"\n')
    with pytest.raises(InvalidModel, match="there is no version"):
        read_model(folder)
