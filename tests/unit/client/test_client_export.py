"""`darkroom export`: a file is complete or not there."""

from pathlib import Path

import pytest

from tests.fakes.accounts import error
from tests.fakes.server import FakeServer
from tests.unit.client.command import run

pytestmark = pytest.mark.slow


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_everything_is_written_into_one_file(server: FakeServer, tmp_path: Path) -> None:
    target = tmp_path / "photos.zip"

    code, out, err = await run(server, "export", target, "--text", "receipt")

    assert (code, err) == (0, "")
    assert out == f"2 photos in {target}.\n"
    assert target.read_bytes() == b"PK export"
    assert names(tmp_path) == ["photos.zip"]


async def test_a_name_without_a_form_is_refused(server: FakeServer, tmp_path: Path) -> None:
    code, _, err = await run(server, "export", tmp_path / "photos.rar")

    assert code == 2
    assert "[unknown_form]" in err
    assert server.requests == []


async def test_what_is_refused_leaves_the_file_as_it_was(
    server: FakeServer, tmp_path: Path
) -> None:
    target = tmp_path / "photos.zip"
    target.write_bytes(b"before")
    server.exported = error(404, "not_found")

    code, _, err = await run(server, "export", target)

    assert code == 2
    assert "[not_found]" in err
    assert target.read_bytes() == b"before"
    assert names(tmp_path) == ["photos.zip"]


async def test_a_file_that_cannot_be_written_is_named(server: FakeServer, tmp_path: Path) -> None:
    code, _, err = await run(server, "export", tmp_path / "nowhere" / "photos.zip")

    assert code == 2
    assert f"{tmp_path / 'nowhere' / 'photos.zip'}: No such file or directory." in err
