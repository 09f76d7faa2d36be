"""A second run of the same command goes on from the first; it never repeats it."""

import asyncio
import json
from pathlib import Path

import pytest

from client.errors import ClientError
from client.files import Source
from client.resume import FILE_NAME, Book, Order
from tests.fakes.server import FakeServer
from tests.unit.client.driver import Submit


@pytest.fixture
def results(photos: Path) -> Path:
    return photos.parent / "results"


def remember(results: Path, content: str) -> None:
    results.mkdir()
    (results / FILE_NAME).write_text(content)


async def interrupted(submission: asyncio.Task[object]) -> None:
    submission.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submission


def test_every_page_of_a_document_has_a_result_of_its_own(tmp_path: Path) -> None:
    order = Order("http://here", "ada")
    book = Book.open(tmp_path, order)
    book.plan([[Source(tmp_path / "scan.tif", 5, "ab")]])
    (batch,) = book.batches
    added = book.add_page(batch, batch.items[0], 2)
    assert (added.name, added.result) == ("scan.tif, page 2", "scan-page2")
    book.save()
    kept = Book.open(tmp_path, order).items()
    assert [(one.page, one.result) for one in kept] == [(1, "scan"), (2, "scan-page2")]


def test_a_page_takes_no_name_of_a_file_that_is_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "scan-page2.json").write_text("mine")
    book = Book.open(tmp_path, Order("http://here", "ada"))
    book.plan([[Source(tmp_path / "scan.tif", 5, "ab")]])
    (batch,) = book.batches
    assert book.add_page(batch, batch.items[0], 2).result == "scan-page2-2"


def test_of_a_document_that_the_server_lost_all_pages_are_planned_anew(tmp_path: Path) -> None:
    book = Book.open(tmp_path, Order("http://here", "ada"))
    sources = [Source(tmp_path / name, 5, "ab") for name in ("scan.tif", "photo.jpg")]
    book.plan([sources])
    (batch,) = book.batches
    scan, photo = batch.items
    book.add_page(batch, scan, 2)
    scan.state = photo.state = "succeeded"
    book.forget(batch)
    assert [item.name for item in book.items()] == ["photo.jpg"]


async def test_a_finished_submission_is_not_sent_again(server: FakeServer, submit: Submit) -> None:
    await submit()
    server.requests.clear()

    summary = await submit()

    assert summary.succeeded == 5
    assert "POST /api/uploads/" not in server.requests


async def test_an_interrupted_run_is_followed_to_its_end_by_the_next(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    server.held = True
    first = asyncio.create_task(submit())
    await server.until(lambda: server.requests.count("POST /api/uploads/") == 2)
    await interrupted(first)
    await server.release()

    summary = await submit()

    assert summary.succeeded == 5
    assert len(server.uploads) == 2
    assert all((results / f"{stem}.txt").exists() for stem in "abcde")


async def test_a_run_that_died_before_the_answer_repeats_its_key(
    server: FakeServer, submit: Submit
) -> None:
    server.hangups_after_accepting = 1_000
    first = asyncio.create_task(submit())
    await server.until(lambda: server.requests.count("POST /api/uploads/") >= 1)
    await server.until(lambda: len(server.uploads) == 1)
    await interrupted(first)
    server.hangups_after_accepting = 0

    summary = await submit()

    assert summary.succeeded == 5
    assert len(server.uploads) == 2


async def test_new_files_join_the_submission(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    await submit()
    (photos / "f.jpg").write_bytes(b"\xff\xd8\xffnew")

    summary = await submit()

    assert summary.succeeded == 6
    assert [len(upload["images"]) for upload in server.uploads.values()] == [3, 2, 1]


async def test_an_upload_deleted_on_the_server_is_sent_again_where_results_lack(
    server: FakeServer, submit: Submit
) -> None:
    server.failing_names = {"e.jpg"}
    await submit()
    server.failing_names = set()
    del server.uploads[max(server.uploads)]

    summary = await submit()

    assert summary.succeeded == 5
    assert [image["name"] for image in server.uploads[max(server.uploads)]["images"]] == ["e.jpg"]


async def test_a_result_that_was_removed_is_fetched_again(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    await submit()
    (results / "a.json").unlink()

    await submit()

    assert (results / "a.json").exists()
    assert len(server.uploads) == 2


async def test_a_failed_image_is_reported_again(server: FakeServer, submit: Submit) -> None:
    server.failing_names = {"a.jpg"}
    await submit()

    summary = await submit()

    assert [row.error and row.error["code"] for row in summary.failures] == ["unreadable_image"]
    assert len(server.uploads) == 2


async def test_a_folder_of_results_takes_one_kind_of_submission(submit: Submit) -> None:
    await submit()

    with pytest.raises(ClientError) as caught:
        await submit(model="digits")
    assert caught.value.code == "other_submission"


async def test_a_submission_that_was_refused_leaves_the_folder_to_the_next(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    with pytest.RaisesGroup(
        pytest.RaisesExc(ClientError, check=lambda error: error.code == "model_not_found")
    ):
        await submit(model="unknown")
    assert json.loads((results / FILE_NAME).read_text())["batches"] == []

    summary = await submit()
    assert summary.succeeded == 5
    assert len({upload["model"] for upload in server.uploads.values()}) == 1


@pytest.mark.parametrize("content", ["", "{}", '{"order": {"server": 1}}', "[]"])
async def test_a_damaged_memory_is_said_not_guessed(
    submit: Submit, results: Path, content: str
) -> None:
    remember(results, content)

    with pytest.raises(ClientError) as caught:
        await submit()
    assert caught.value.code == "resume_file_damaged"


async def test_a_submission_of_which_the_server_took_nothing_binds_its_folder_to_nobody(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    server.quota["bytes_limit"] = 10
    assert (await submit()).succeeded == 0

    server.quota["bytes_limit"] = None
    summary = await submit(model="digits")

    assert (summary.succeeded, summary.exit_code) == (5, 0)
    assert {fields["model"] for fields in server.fields[1:]} == {"digits"}
    assert (results / "e.txt").exists()


async def test_a_submission_that_may_have_arrived_keeps_its_folder(
    server: FakeServer, submit: Submit
) -> None:
    server.quota["bytes_limit"] = 6_000
    assert (await submit()).succeeded == 3

    with pytest.raises(ClientError) as caught:
        await submit(model="digits")
    assert caught.value.code == "other_submission"


async def test_the_memory_holds_no_secret(submit: Submit, results: Path) -> None:
    await submit()

    text = (results / FILE_NAME).read_text()
    assert "password" not in text
    assert "access-" not in text
    assert json.loads(text)["order"]["username"] == "ann"


def test_a_folder_belongs_to_an_account_however_its_name_is_typed(tmp_path: Path) -> None:
    book = Book.open(tmp_path, Order("http://server", "Jos\u00e9"))
    book.plan([[Source(tmp_path / "scan.tif", 5, "ab")]])
    for name in ("jos\u00e9", "JOSE\u0301", "\uff2aos\u00e9"):
        assert Book.open(tmp_path, Order("http://server", name)).order.username == name
    with pytest.raises(ClientError) as caught:
        Book.open(tmp_path, Order("http://server", "jose"))
    assert caught.value.code == "other_submission"
