"""The table of weights, the files, what git leaves out and the licenses agree."""

import re
from pathlib import Path

import pytest

from inference.weights.install import holds
from inference.weights.table import MODELS, WeightsFile, read_table

ROOT = Path(__file__).resolve().parents[3]
FILES = read_table()
MEGABYTE = 1_000_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.path))
def test_an_entry_is_complete(file: WeightsFile) -> None:
    assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    assert file.notice.endswith(".")
    assert len(file.license_text) > len(file.notice) + 1000
    assert bool(file.package) == bool(file.members)
    assert file.convert or len(file.members) <= 1
    assert not file.package or re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", file.package)


def test_git_leaves_out_exactly_what_packages_carry() -> None:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    listed = {line for line in lines if line.startswith("/inference/models/") and "/." not in line}
    carried = [file for file in FILES if file.package]
    assert listed == {
        f"/inference/models/{path}" for file in carried for path in (file.path, file.license_path)
    }


@pytest.mark.parametrize("file", [file for file in FILES if not file.package], ids=str)
def test_a_file_of_the_repository_is_the_one_in_the_table(file: WeightsFile) -> None:
    assert holds(MODELS, file)
    assert (MODELS / file.license_path).read_text(encoding="utf-8") == file.license_text


def test_the_first_start_fetches_at_most_25_megabytes() -> None:
    assert sum(file.bytes for file in FILES) <= 25 * MEGABYTE
