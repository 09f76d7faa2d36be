"""Reading model folders: what is valid, what is not, and what is said about it."""

from pathlib import Path

import pytest

from inference.engine.repository import InvalidModel, Repository, read_model

VALID = 'output_kind = "text"\n'


def make_model(root: Path, name: str = "reader", config: str = VALID, versions: str = "1") -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(config)
    (folder / "model.py").write_text("class Model: ...")
    for number in versions.split():
        (folder / number).mkdir()
        (folder / number / "weights.bin").write_bytes(number.encode())
    return folder


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
    ("config", "key", "reason"),
    [
        ("", "output_kind", "required"),
        ('output_kind = "smell"', "output_kind", "'text'"),
        (VALID + "max_batch_size = 0", "max_batch_size", "greater"),
        (VALID + "instances = {count = 'many'}", "instances.count", "integer"),
        (VALID + "colour = 'red'", "colour", "not permitted"),
        (VALID + "[params]\ntype = 'wish'", "params", "JSON Schema"),
        (VALID + "[labels]\nstable = 7", "labels.stable", "no version 7"),
        (VALID + "[labels]\n'2' = 1", "labels.2", "match"),
        ("output_kind = ", "", "not TOML"),
    ],
)
def test_what_is_wrong_is_told_by_file_key_and_reason(
    tmp_path: Path, config: str, key: str, reason: str
) -> None:
    folder = make_model(tmp_path, config=config)
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


def test_one_broken_folder_does_not_take_the_others_down(tmp_path: Path) -> None:
    make_model(tmp_path, "good")
    make_model(tmp_path, "bad", config="")
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


def test_the_digest_follows_content_and_names_but_not_place_or_leftovers(tmp_path: Path) -> None:
    first = make_model(tmp_path / "a")
    second = make_model(tmp_path / "b")
    (second / "1" / "__pycache__").mkdir()
    (second / "1" / "__pycache__" / "model.pyc").write_bytes(b"x")
    digest = read_model(first).versions["1"].sha256
    assert read_model(second).versions["1"].sha256 == digest
    (second / "1" / "weights.bin").rename(second / "1" / "other.bin")
    renamed = read_model(second).versions["1"].sha256
    (first / "model.py").write_text("class Model: pass")
    changed = read_model(first).versions["1"].sha256
    assert len({digest, renamed, changed}) == 3


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
