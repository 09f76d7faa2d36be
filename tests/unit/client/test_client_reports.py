"""What a command says at its end: counts, a line an image, a table of failures, JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.server import FakeServer
from tests.unit.client.command import run

pytestmark = pytest.mark.slow


async def test_what_a_folder_holds_beside_images_is_counted_and_named(
    server: FakeServer, photos: Path
) -> None:
    (photos / "holiday.psd").write_bytes(b"8BPS")
    (photos / "clip.mov").write_bytes(b"\0\0\0\x14ftypqt  ")

    words = ["submit", photos, "--out", photos / "results"]
    code, out, err = await run(server, *words)

    assert code == 0
    assert out.splitlines()[-1] == f"5 of 5 images succeeded in {photos / 'results'}."
    assert err.startswith("2 files were left out: ")
    assert "holiday.psd" in err
    assert "clip.mov" in err
    _, out, _ = await run(server, *words, "--json")
    assert [Path(one["path"]).name for one in json.loads(out)["left_out"]] == [
        "clip.mov",
        "holiday.psd",
    ]


async def test_a_file_asked_for_by_name_that_is_refused_is_exit_code_1(
    server: FakeServer, photos: Path
) -> None:
    server.refused_names = {"holiday.heic"}
    (photos / "holiday.heic").write_bytes(b"\0\0\0\x18ftypheic")

    code, out, err = await run(
        server, "submit", photos / "holiday.heic", photos / "a.jpg", "--out", photos / "results"
    )

    assert code == 1
    assert out.splitlines()[-1].startswith("1 of 2 images succeeded")
    assert "invalid_image" in err


async def test_every_image_has_a_line_with_what_could_not_be_done(
    server: FakeServer, photos: Path
) -> None:
    server.failing_names = {"c.webp"}
    server.noted_names = {"d.JPEG"}

    _, out, _ = await run(server, "submit", photos, "--out", photos / "results")

    lines = [line.split("] ", 1)[1] for line in out.splitlines()[:-1]]
    assert sorted(lines) == [
        "a.jpg: succeeded",
        "b.png: succeeded",
        "c.webp: failed (The image is broken.)",
        "d.JPEG: succeeded (Cut short.)",
        "e.jpg: succeeded",
    ]


async def test_a_failure_is_a_row_of_a_table_and_exit_code_1(
    server: FakeServer, photos: Path
) -> None:
    server.failing_names = {"c.webp"}

    code, _, err = await run(server, "submit", photos, "--out", photos / "results")

    assert code == 1
    assert "unreadable_image" in err


async def test_the_table_of_failures_cuts_no_name_short(server: FakeServer, photos: Path) -> None:
    server.failing_names = {f"{'long' * 30}.jpg"}
    (photos / f"{'long' * 30}.jpg").write_bytes(b"\xff\xd8\xff")

    _, _, err = await run(server, "submit", photos, "--out", photos / "results")

    cells = [line.split("│")[1].strip() for line in err.splitlines() if line.count("│") > 2]
    assert "".join(cells).endswith(f"{'long' * 30}.jpg")


async def test_json_is_all_there_is_on_standard_output(server: FakeServer, photos: Path) -> None:
    server.failing_names = {"c.webp"}

    code, out, _ = await run(server, "submit", photos, "--out", photos / "results", "--json")

    summary: dict[str, Any] = json.loads(out)
    assert code == 1
    assert (summary["succeeded"], summary["failed"], summary["unfinished"]) == (4, 1, 0)
    assert {image["state"] for image in summary["images"]} == {"succeeded", "failed"}
