"""The files of a version: what is recorded of them, what is checked, and what is refused."""

import hashlib
import os
from pathlib import Path

import pytest

from inference.engine.model_folder import InvalidModel, read_model
from tests.unit.engine.folders import VALID, make_model


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def refusal(folder: Path) -> InvalidModel:
    with pytest.raises(InvalidModel) as caught:
        read_model(folder)
    return caught.value


def test_the_sha256_of_every_file_is_recorded(tmp_path: Path) -> None:
    folder = make_model(tmp_path, versions="1 2")
    (folder / "1" / "parts").mkdir()
    (folder / "1" / "parts" / "one.bin").write_bytes(b"one")
    (folder / "1" / "model.py").write_bytes(b"own")
    (folder / "notes.txt").write_text("for people")
    assert read_model(folder).versions["1"].files == {
        "1/model.py": sha256(b"own"),
        "1/parts/one.bin": sha256(b"one"),
        "1/weights.bin": sha256(b"1"),
        "model.py": sha256(b"class Model: ..."),
        "model.toml": sha256(VALID.encode()),
    }


def test_what_lies_around_shared_code_is_recorded_but_no_other_version(tmp_path: Path) -> None:
    folder = make_model(tmp_path, versions="1 2")
    for name in ("helpers/deep", "helpers/__pycache__", ".git", "__pycache__"):
        (folder / name).mkdir(parents=True)
        (folder / name / "code.py").write_bytes(b"1")
    (folder / "fast.so").write_bytes(b"1")
    (folder / "helpers" / "__pycache__.py").write_bytes(b"1")
    version = read_model(folder).versions["1"]
    assert sorted(version.files) == [
        "1/weights.bin",
        "fast.so",
        "helpers/__pycache__.py",
        "helpers/deep/code.py",
        "model.py",
        "model.toml",
    ]
    (folder / "2" / "weights.bin").write_bytes(b"other")
    assert version.changed_file() is None
    (folder / "helpers" / "deep" / "code.py").write_bytes(b"2")
    assert version.changed_file() == folder / "helpers" / "deep" / "code.py"
    assert read_model(folder).versions["1"].sha256 != version.sha256


def test_a_labels_file_beside_the_versions_is_recorded(tmp_path: Path) -> None:
    config = """
        output_kind = "labels"
        [[inputs]]
        name = "x"
        datatype = "FP32"
        shape = [3, 8, 8]
        [[outputs]]
        name = "y"
        datatype = "FP32"
        shape = [2]
        [preprocessing]
        width = 8
        height = 8
        [interpretation]
        kind = "labels"
        labels_file = "names.txt"
    """
    folder = make_model(tmp_path, config=config)
    assert "names.txt" not in read_model(folder).versions["1"].files
    (folder / "names.txt").write_text("cat\ndog\n")
    assert "names.txt" in read_model(folder).versions["1"].files


def test_the_digest_follows_content_and_names_but_not_place_or_leftovers(tmp_path: Path) -> None:
    first = make_model(tmp_path / "a")
    second = make_model(tmp_path / "b")
    (second / "1" / "__pycache__").mkdir()
    (second / "1" / "__pycache__" / "model.pyc").write_bytes(b"x")
    (second / "1" / ".DS_Store").write_bytes(b"x")
    digest = read_model(first).versions["1"].sha256
    assert read_model(second).versions["1"].sha256 == digest
    (second / "1" / "weights.bin").rename(second / "1" / "other.bin")
    renamed = read_model(second).versions["1"].sha256
    (first / "model.py").write_text("class Model: pass")
    changed = read_model(first).versions["1"].sha256
    assert len({digest, renamed, changed}) == 3


def test_a_file_that_changed_appeared_or_vanished_is_found(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    version = read_model(folder).versions["1"]
    assert version.changed_file() is None
    (folder / "1" / "new.py").write_text("")
    assert version.changed_file() == folder / "1" / "new.py"
    (folder / "1" / "new.py").unlink()
    (folder / "1" / "weights.bin").write_bytes(b"2")
    assert version.changed_file() == folder / "1" / "weights.bin"
    (folder / "1" / "weights.bin").unlink()
    assert version.changed_file() == folder / "1" / "weights.bin"


def test_the_sums_of_a_version_are_checked(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    sums = folder / "1" / "SHA256SUMS"
    sums.write_text(f"{sha256(b'1')}  weights.bin\n{sha256(b'1').upper()} *./weights.bin\n")
    assert read_model(folder).versions["1"].files["1/SHA256SUMS"]
    (folder / "1" / "weights.bin").write_bytes(b"other")
    problem = refusal(folder)
    assert problem.file == folder / "1" / "weights.bin"
    assert problem.reason == "does not have the sha256 of SHA256SUMS"


@pytest.mark.parametrize(
    ("line", "file", "reason"),
    [
        (f"{'0' * 64}  absent.bin", "absent.bin", "is not there, but SHA256SUMS names it"),
        (f"{'0' * 64}  ../2/weights.bin", "../2/weights.bin", "is not there"),
        ("weights.bin", "SHA256SUMS", "line 2 is not a sha256 and a file's name"),
        ("\udc80", "SHA256SUMS", "line 2 is not"),
    ],
)
def test_sums_that_cannot_be_checked_are_refused(
    tmp_path: Path, line: str, file: str, reason: str
) -> None:
    folder = make_model(tmp_path, versions="1 2")
    good = f"{sha256(b'1')}  weights.bin\n"
    content = (good + line).encode(errors="surrogateescape")
    (folder / "1" / "SHA256SUMS").write_bytes(content)
    problem = refusal(folder)
    assert problem.file == folder / "1" / file
    assert reason in problem.reason


@pytest.mark.parametrize("name", ["model.toml", "model.py", "1/weights.bin", "1", "."])
def test_a_link_that_leads_out_of_the_repository_is_refused(tmp_path: Path, name: str) -> None:
    folder = make_model(tmp_path / "models")
    outside = tmp_path / "outside"
    (folder / name).rename(outside)
    (folder if name == "." else folder / name).symlink_to(outside)
    problem = refusal(folder)
    assert problem.file == folder / name
    assert problem.reason == "is a link that leads out of the repository"


def test_a_link_beside_shared_code_that_leads_out_of_the_repository_is_refused(
    tmp_path: Path,
) -> None:
    folder = make_model(tmp_path / "models")
    (tmp_path / "outside").mkdir()
    (folder / "helpers").symlink_to(tmp_path / "outside")
    assert refusal(folder).file == folder / "helpers"
    (folder / "helpers").unlink()
    (folder / "helpers").symlink_to(".")
    assert refusal(folder).reason == "is a link that leads in a circle"
    (folder / "1" / "model.py").touch()
    assert "1" in read_model(folder).versions


def test_a_link_within_the_repository_is_followed(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    (folder / "2").symlink_to("1")
    (folder / "1" / "same.bin").symlink_to("weights.bin")
    model = read_model(folder)
    assert list(model.versions) == ["1", "2"]
    assert model.versions["2"].files["2/same.bin"] == sha256(b"1")


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    (folder / "1" / "again").symlink_to(".")
    assert refusal(folder).reason == "is a link that leads in a circle"
    (folder / "1" / "again").unlink()
    (folder / "1" / "itself").symlink_to("itself")
    assert refusal(folder).file == folder / "1" / "itself"


@pytest.mark.parametrize("name", ["model.toml", "model.py", "1/weights.bin"])
def test_what_is_no_plain_file_is_refused_and_never_read(tmp_path: Path, name: str) -> None:
    folder = make_model(tmp_path)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    (folder / "1" / "model.py").touch()
    problem = refusal(folder)
    assert problem.file == folder / name
    assert problem.reason == "is not a plain file"
