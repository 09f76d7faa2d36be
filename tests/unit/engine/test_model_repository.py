"""Reading model folders: what is valid, what is not, and what is said about it."""

from pathlib import Path

import pytest

from inference.engine.model_folder import InvalidModel, read_model
from inference.engine.repository import Repository
from tests.unit.engine.folders import VALID, make_model


def test_the_highest_number_is_the_default_version(tmp_path: Path) -> None:
    model = read_model(make_model(tmp_path, versions="9 10 2"))
    assert model.default_version == "10"
    assert list(model.versions) == ["2", "9", "10"]


def test_a_label_names_its_version(tmp_path: Path) -> None:
    config = VALID + "[labels]\nstable = 1\ncanary = '2'\n"
    model = read_model(make_model(tmp_path, config=config, versions="1 2"))
    assert model.versions["1"].labels == ("stable",)
    assert model.versions["2"].labels == ("canary",)


@pytest.mark.parametrize(
    ("policy", "served"),
    [
        ("all = true", ["1", "2", "10"]),
        ("latest = 1", ["10"]),
        ("latest = 2", ["2", "10"]),
        ("latest = 9", ["1", "2", "10"]),
        ("specific = [10, 1]", ["1", "10"]),
    ],
)
def test_the_policy_chooses_which_versions_are_served(
    tmp_path: Path, policy: str, served: list[str]
) -> None:
    config = f"{VALID}[version_policy]\n{policy}"
    model = read_model(make_model(tmp_path, config=config, versions="1 2 10"))
    assert list(model.versions) == served


@pytest.mark.parametrize(
    ("config", "key", "reason"),
    [
        ("output_kind = 'smell'", "output_kind", "'text'"),
        (VALID + "max_batch_size = -1", "max_batch_size", "greater"),
        (VALID + "instances = {count = 'many'}", "instances.count", "integer"),
        (VALID + "color = 'red'", "color", "not permitted"),
        (VALID + "name = 'other'", "name", "the folder is called reader"),
        (VALID + "[params]\ntype = 'wish'", "params", "JSON Schema"),
        (VALID + "[params]\n'$ref' = '#/$defs/none'", "params", "no schema at #/$defs/none"),
        (VALID + "languages = ['en']", "languages", "dictionary"),
        (VALID + "languages = [{code = 'English!'}]", "languages", "match"),
        (VALID + "task = 'magic'", "task", "classification"),
        (VALID + "[card]\nprice = 'free'", "card.price", "not permitted"),
        (VALID + "[labels]\nstable = 7", "labels.stable", "no version 7"),
        (VALID + "[labels]\n'2' = 1", "labels.2", "match"),
        (VALID + "[version_policy]\nspecific = [1, 4]", "version_policy.specific", "no version 4"),
        (
            VALID + "[labels]\nstable = 1\n[version_policy]\nlatest = 1",
            "labels.stable",
            "version 1 is not served",
        ),
        ("output_kind = ", "", "not TOML"),
    ],
)
def test_what_is_wrong_is_told_by_file_key_and_reason(
    tmp_path: Path, config: str, key: str, reason: str
) -> None:
    folder = make_model(tmp_path, config=config, versions="1 2")
    with pytest.raises(InvalidModel) as caught:
        read_model(folder)
    assert caught.value.file == folder / "model.toml"
    assert key in caught.value.key
    assert reason in str(caught.value)


def test_a_model_needs_code_and_a_version(tmp_path: Path) -> None:
    empty = make_model(tmp_path, "empty", versions="")
    with pytest.raises(InvalidModel, match="no version"):
        read_model(empty)
    mute = make_model(tmp_path, "mute")
    (mute / "model.py").unlink()
    with pytest.raises(InvalidModel, match=r"no model\.py"):
        read_model(mute)
    (tmp_path / "bare").mkdir()
    with pytest.raises(InvalidModel, match=r"bare/model\.toml: cannot be read: No such file"):
        read_model(tmp_path / "bare")


@pytest.mark.parametrize(
    ("backend", "file"),
    [("onnx", "model.onnx"), ("torchscript", "model.pt"), ("torch-export", "model.pt2")],
)
def test_each_backend_needs_its_file_in_every_version(
    tmp_path: Path, backend: str, file: str
) -> None:
    tensors = "".join(
        f'[[{side}]]\nname = "x"\ndatatype = "FP32"\nshape = [-1]\n'
        for side in ("inputs", "outputs")
    )
    folder = make_model(tmp_path, config=f'backend = "{backend}"\n{tensors}', versions="1 2")
    (folder / "1" / file).write_bytes(b"network")
    with pytest.raises(InvalidModel) as caught:
        read_model(folder)
    assert caught.value.file == folder / "2"
    assert f"there is no {file}: the backend is {backend}" in caught.value.reason
    (folder / "2" / file).write_bytes(b"network")
    assert list(read_model(folder).versions) == ["1", "2"]


def test_no_model_takes_a_name_of_the_protocols_addresses(tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match="no model can be called stats"):
        read_model(make_model(tmp_path, "stats"))


def test_one_broken_folder_does_not_take_the_others_down(tmp_path: Path) -> None:
    make_model(tmp_path, "good")
    make_model(tmp_path, "bad", config="backend = 'magic'")
    repository = Repository([tmp_path])
    assert list(repository.models) == ["good"]
    assert list(repository.problems) == ["bad"]


def test_an_earlier_root_wins(tmp_path: Path) -> None:
    make_model(tmp_path / "own", config=VALID + "description = 'ours'")
    make_model(tmp_path / "shipped", config=VALID + "description = 'theirs'")
    make_model(tmp_path / "shipped", "other")
    repository = Repository([tmp_path / "own", tmp_path / "absent", tmp_path / "shipped"])
    assert repository.models["reader"].config.description == "ours"
    assert set(repository.models) == {"reader", "other"}


def test_a_folder_that_became_invalid_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    repository = Repository([tmp_path])
    (folder / "model.toml").write_text(VALID + "color = 'red'")
    with pytest.raises(InvalidModel):
        repository.read("reader")
    assert repository.problems["reader"].key == "color"
    assert "reader" in repository.models
    (folder / "model.toml").write_text(VALID + "description = 'better'")
    repository.keep(repository.read("reader"))
    assert repository.problems == {}
    assert repository.models["reader"].config.description == "better"


@pytest.mark.parametrize("name", ["absent", "..", "../models", "", "/etc"])
def test_only_folders_of_the_roots_are_ever_read(tmp_path: Path, name: str) -> None:
    make_model(tmp_path / "models")
    repository = Repository([tmp_path / "models"])
    assert not repository.has(name)
    with pytest.raises(InvalidModel, match="no such folder"):
        repository.read(name)


def test_params_are_refused_in_one_sentence_that_names_the_field(tmp_path: Path) -> None:
    config = VALID + "[params.properties.iterations]\ntype = 'integer'\nmaximum = 10\n"
    model = read_model(make_model(tmp_path, config=config))
    assert model.config.refusal({"iterations": 5}) is None
    assert model.config.refusal({"iterations": 11}) == (
        "iterations: 11 is greater than the maximum of 10."
    )


def test_the_shipped_models_are_valid() -> None:
    shipped = Path(__file__).parents[3] / "inference" / "models"
    repository = Repository([shipped])
    assert repository.problems == {}
    assert {"ocr", "background-removal"} <= set(repository.models)
