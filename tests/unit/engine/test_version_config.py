"""Settings of a model's single versions."""

from pathlib import Path

import pytest

from inference.engine.model_folder import InvalidModel, read_model
from tests.unit.engine.folders import VALID, make_model

SIDES = """
max_side = 100
timeout_seconds = 60
[params.properties.side]
type = "integer"
[versions.2]
max_side = 200
[versions.2.params.properties.corner]
type = "string"
"""


def test_a_version_has_its_own_settings_and_the_models_where_it_has_none(tmp_path: Path) -> None:
    model = read_model(make_model(tmp_path, config=VALID + SIDES, versions="1 2"))
    old, new = (model.versions[number].config for number in ("1", "2"))
    assert (old.max_side, new.max_side) == (100, 200)
    assert (old.timeout_seconds, new.timeout_seconds) == (60, 60)
    assert set(old.params["properties"]) == {"side"}
    assert set(new.params["properties"]) == {"corner"}
    assert model.config is new


def test_versions_may_have_different_backends(tmp_path: Path) -> None:
    tensors = "".join(
        f'[[{side}]]\nname = "x"\ndatatype = "FP32"\nshape = [-1]\n'
        for side in ("inputs", "outputs")
    )
    config = f'{tensors}[versions.1]\nbackend = "torchscript"\n[versions.2]\nbackend = "onnx"\n'
    folder = make_model(tmp_path, config=config, versions="1 2")
    (folder / "1" / "model.pt").touch()
    (folder / "2" / "model.onnx").touch()
    versions = read_model(folder).versions
    assert [one.config.platform for one in versions.values()] == [
        "pytorch_libtorch",
        "onnxruntime_onnx",
    ]


@pytest.mark.parametrize(
    ("config", "key", "reason"),
    [
        ("[versions.3]\nmax_side = 1", "versions.3", "there is no version 3"),
        ("[versions.2]\noutput_kind = 'image'", "versions.2.output_kind", "same for all versions"),
        ("[versions.2]\ncolour = 'red'", "versions.2.colour", "same for all versions"),
        ("[versions.2]\nmax_side = 0", "versions.2.max_side", "greater"),
        ("versions = 2", "versions", "a table for each version"),
        ("[versions]\n2 = 5", "versions.2", "not a table"),
    ],
)
def test_what_is_wrong_with_a_versions_settings_is_told(
    tmp_path: Path, config: str, key: str, reason: str
) -> None:
    folder = make_model(tmp_path, config=VALID + config, versions="1 2")
    with pytest.raises(InvalidModel) as caught:
        read_model(folder)
    assert caught.value.key == key
    assert reason in str(caught.value)
