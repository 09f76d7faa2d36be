"""The commands as a person or a script runs them: exit codes, sentences, options, interrupts."""

import json
import signal
from pathlib import Path

import pytest

from tests.fakes.server import FakeServer
from tests.unit.client.command import outcome, run, start

pytestmark = pytest.mark.slow


async def test_submit_says_line_by_line_what_succeeded(server: FakeServer, photos: Path) -> None:
    code, out, err = await run(server, "submit", photos, "--out", photos / "results")

    assert (code, err) == (0, "")
    assert "[5/5]" in out
    assert out.splitlines()[-1] == f"5 of 5 images succeeded in {photos / 'results'}."


async def test_wait_passes_over_an_image_that_nothing_is_asked_of(
    server: FakeServer, photos: Path
) -> None:
    server.bare_names = {"a.jpg"}
    await run(server, "submit", photos, "--out", photos / "results")
    first = min(server.uploads)

    code, out, err = await run(server, "wait", str(first))

    assert (code, err) == (0, "")
    assert "a.jpg" not in out
    assert "b.png: succeeded" in out


async def test_options_reach_the_server(server: FakeServer, photos: Path) -> None:
    words = ["--model", "style-transfer", "--param", "alpha=0.5", "--params", '{"style": "klimt"}']

    code, _, _ = await run(server, "submit", photos, "--out", photos / "results", *words)

    assert code == 0
    fields = server.fields[0]
    assert fields["model"] == "style-transfer"
    assert json.loads(fields["params"]) == {"alpha": 0.5, "style": "klimt"}


async def test_a_missing_account_is_made_only_when_asked(server: FakeServer, photos: Path) -> None:
    words = ["submit", photos, "--out", photos / "results"]
    bob = {"DARKROOM_USERNAME": "bob", "DARKROOM_PASSWORD": "another-password"}

    code, _, err = await run(server, *words, **bob)
    assert code == 2
    assert "[no_active_account]" in err

    code, _, _ = await run(server, *words, "--register", **bob)
    assert code == 0
    assert "bob" in server.users


async def test_trouble_before_the_start_is_one_sentence_and_exit_code_2(
    server: FakeServer, photos: Path
) -> None:
    troubles: dict[str, list[object]] = {
        "[invalid_url] ": ["submit", photos, "--url", "http://127.0.0.1:99999"],
        "[path_not_found]": ["submit", photos / "absent"],
        "[invalid_params]": ["submit", photos, "--param", "alpha"],
        "[invalid_url]": ["submit", photos, "--url", "localhost:8000"],
        "[not_found]": ["wait", "999"],
    }
    for code_name, words in troubles.items():
        code, out, err = await run(server, *words)
        assert (code, out) == (2, "")
        assert err.strip().endswith(code_name.strip())
        assert len(err.splitlines()) == 1


async def test_a_server_that_is_not_there_is_reported_soon(
    server: FakeServer, photos: Path
) -> None:
    code, _, err = await run(server, "submit", photos, "--url", "http://127.0.0.1:1")

    assert code == 2
    assert "[server_unreachable]" in err


async def test_without_credentials_or_a_terminal_nobody_is_asked(server: FakeServer) -> None:
    code, _, err = await run(server, "models", LANG="C")

    assert code == 2
    assert "[credentials_missing]" in err


async def test_an_interrupted_command_leaves_the_work_and_says_how_to_go_on(
    server: FakeServer, photos: Path
) -> None:
    server.held = True
    words = ["submit", photos, "--out", photos / "results"]
    process = await start(server, *words)
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 2)

    process.send_signal(signal.SIGINT)

    code, _, err = await outcome(process)
    assert code == 130
    assert "The same command goes on" in err
    assert {p["state"] for p in server.predictions.values()} == {"queued"}
    assert server.refresh == set()

    await server.release()
    code, _, _ = await run(server, *words)
    assert code == 0
    assert len(server.uploads) == 2


async def test_an_interrupt_cancels_when_asked_to(server: FakeServer, photos: Path) -> None:
    server.held = True
    words = ["submit", photos, "--out", photos / "results", "--cancel-on-interrupt"]
    process = await start(server, *words)
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 2)
    await server.emit("image.archived", {"upload": 999})
    await server.until(lambda: {"type": "ack", "seq": len(server.events)} in server.received)

    process.send_signal(signal.SIGINT)

    code, _, _ = await outcome(process)
    assert code == 130
    assert {p["state"] for p in server.predictions.values()} == {"canceled"}


async def test_a_time_limit_ends_the_waiting_only(server: FakeServer, photos: Path) -> None:
    server.held = True

    code, out, _ = await run(
        server, "submit", photos, "--out", photos / "results", "--timeout", "1", "--json"
    )

    assert code == 1
    assert json.loads(out)["unfinished"] == 5


async def test_wait_follows_an_upload_to_its_end(server: FakeServer, photos: Path) -> None:
    server.held = True
    await run(server, "submit", photos / "a.jpg", "--out", photos / "results", "--timeout", "1")
    [upload] = server.uploads

    process = await start(server, "wait", upload)
    await server.until(lambda: bool(server.sockets))
    await server.release()

    code, out, _ = await outcome(process)
    assert code == 0
    assert "a.jpg: succeeded" in out


async def test_models_lists_what_is_on_offer(server: FakeServer) -> None:
    code, out, _ = await run(server, "models")

    assert code == 0
    assert "ocr" in out
    assert "(stable)" in out
