"""The commands with an API key in place of a name and a password."""

from pathlib import Path

import pytest

from tests.fakes.server import FakeServer
from tests.unit.client.command import run

pytestmark = pytest.mark.slow

KEY = "drk_000000000001_secret"


async def test_a_key_in_the_environment_submits_without_a_sign_in(
    server: FakeServer, photos: Path
) -> None:
    server.api_keys = {KEY}
    words = ["submit", photos, "--out", photos / "results"]
    code, _, err = await run(server, *words, DARKROOM_API_KEY=KEY)
    assert code == 0, err
    assert server.refresh == set()
    assert KEY not in (photos / "results" / ".darkroom-submit.json").read_text()
    # The same user goes on with another credential.
    assert (await run(server, *words))[0] == 0


async def test_a_key_in_a_file_may_end_with_a_line(server: FakeServer, tmp_path: Path) -> None:
    server.api_keys = {KEY}
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    code, _, err = await run(server, "models", "--key-file", file, LANG="C")
    assert code == 0, err


async def test_a_key_that_is_refused_is_told_in_one_sentence(server: FakeServer) -> None:
    code, out, err = await run(server, "models", DARKROOM_API_KEY=KEY)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert KEY not in err


async def test_a_key_file_that_is_not_there_is_told(server: FakeServer, tmp_path: Path) -> None:
    code, _, err = await run(server, "models", "--key-file", tmp_path / "absent")
    assert code == 2
    assert err.strip().endswith("[io_error]")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        f"{KEY}\n# of the scanner\n".encode(),
        f"{KEY}\n{KEY}".encode(),
        f"key={KEY} ".encode("utf-16"),
        b"drk_\xff\xfe",
    ],
)
async def test_a_key_file_with_anything_else_is_refused_and_not_repeated(
    server: FakeServer, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    code, out, err = await run(server, "models", "--key-file", file)
    assert (code, out) == (2, "")
    assert err.strip() == f"{file} does not hold one API key and nothing else. [key_invalid]"


async def test_a_key_file_may_begin_with_a_byte_order_mark(
    server: FakeServer, tmp_path: Path
) -> None:
    server.api_keys = {KEY}
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8-sig")
    code, _, err = await run(server, "models", "--key-file", file)
    assert code == 0, err


async def test_a_key_revoked_on_the_way_ends_the_command(server: FakeServer, photos: Path) -> None:
    server.api_keys = {KEY}
    server.close_sockets_after.append((0, 4403))
    server.held = True
    words = ["submit", photos, "--out", photos / "results"]
    code, _, err = await run(server, *words, DARKROOM_API_KEY=KEY)
    assert code == 2
    assert "[signed_out]" in err
