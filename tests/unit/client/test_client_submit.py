"""A submission against a server in trouble: every image once, every result written."""

import json
from pathlib import Path

import pytest

from client.errors import ClientError, SignInError
from client.resume import FILE_NAME
from client.session import Credentials
from tests.fakes.server import PNG, FakeServer
from tests.fakes.wire import Answer
from tests.unit.client.driver import NotedDisplay, Submit


@pytest.fixture
def results(photos: Path) -> Path:
    return photos.parent / "results"


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def written(results: Path) -> list[str]:
    return sorted(path.name for path in results.iterdir() if path.name != FILE_NAME)


async def test_a_folder_becomes_texts_in_as_many_uploads_as_the_limits_ask_for(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    summary = await submit()

    assert summary.exit_code == 0
    assert [len(upload["images"]) for upload in server.uploads.values()] == [3, 2]
    assert (results / "a.txt").read_text() == "the text of a.jpg\n"
    assert json.loads((results / "d.json").read_text())["output"]["text"] == "the text of d.JPEG"
    assert written(results) == [f"{stem}.{kind}" for stem in "abcde" for kind in ("json", "txt")]


async def test_an_image_result_is_written_as_a_picture(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    server.output_kind = "image"

    await submit()

    assert (results / "b.png").read_bytes() == PNG
    assert not (results / "b.txt").exists()


async def test_a_result_never_replaces_a_file_that_was_there(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    server.output_kind = "image"
    original = put(results / "b.png", b"\xff\xd8\xffthe original")

    await submit([original])

    assert original.read_bytes() == b"\xff\xd8\xffthe original"
    assert (results / "b-2.png").read_bytes() == PNG


async def test_an_output_too_large_for_an_event_is_read_by_rest(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    server.truncate_events = True

    await submit()

    assert (results / "e.txt").read_text() == "the text of e.jpg\n"


async def test_an_answer_that_gets_lost_makes_no_second_upload(
    server: FakeServer, submit: Submit, display: NotedDisplay
) -> None:
    server.hangups_after_accepting = 2

    summary = await submit()

    assert summary.succeeded == 5
    assert len(server.uploads) == 2
    assert server.requests.count("POST /api/uploads/") > 2
    assert display.bytes_sent == display.bytes_expected


async def test_a_server_that_is_busy_is_asked_again(server: FakeServer, submit: Submit) -> None:
    server.next_answers.extend(
        [
            Answer(502, b"<html>"),
            Answer(503, {"code": "starting", "message": "Starting."}),
            Answer(429, {"code": "throttled", "message": "Too fast."}, {"Retry-After": "0"}),
        ]
    )

    summary = await submit()

    assert summary.exit_code == 0
    assert len(server.uploads) == 2


async def test_one_failing_image_fails_alone(
    server: FakeServer, submit: Submit, results: Path
) -> None:
    server.failing_names = {"c.webp"}

    summary = await submit()

    assert summary.exit_code == 1
    assert summary.succeeded == 4
    [failure] = summary.failures
    assert Path(failure.path).name == "c.webp"
    assert failure.error == {"code": "unreadable_image", "message": "The image is broken."}
    assert not (results / "c.json").exists()


async def test_a_file_that_the_server_refuses_leaves_its_neighbors_to_go_on(
    server: FakeServer, submit: Submit, display: NotedDisplay
) -> None:
    server.refused_names = {"b.png"}

    summary = await submit()

    assert summary.succeeded == 4
    assert [row.error and row.error["code"] for row in summary.failures] == ["invalid_image"]
    assert display.bytes_sent == display.bytes_expected
    # Its neighbors' bytes went once.
    assert server.requests.count("POST /api/uploads/") == 2


async def test_files_that_are_all_refused_are_all_told(server: FakeServer, submit: Submit) -> None:
    server.refused_names = {"a.jpg", "b.png", "c.webp"}

    summary = await submit()

    assert summary.succeeded == 2
    assert sorted(Path(row.path).name for row in summary.failures) == ["a.jpg", "b.png", "c.webp"]


async def test_a_file_over_the_limit_is_never_sent(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    (photos / "huge.jpg").write_bytes(bytes(100_001))

    summary = await submit()

    assert summary.succeeded == 5
    assert [row.error and row.error["code"] for row in summary.failures] == ["image_too_large"]


async def test_a_full_quota_of_bytes_ends_the_sending_and_not_what_is_sent(
    server: FakeServer, submit: Submit, results: Path, display: NotedDisplay
) -> None:
    server.quota["bytes_limit"] = 6_000

    summary = await submit()

    assert (summary.succeeded, summary.unfinished, summary.exit_code) == (3, 0, 1)
    assert [row.error and row.error["code"] for row in summary.failures] == ["quota_exceeded"] * 2
    assert sum("It is full." in note for note in display.notes) == 1

    server.quota["bytes_limit"] = None
    summary = await submit()

    assert summary.exit_code == 0
    assert len(server.uploads) == 2
    assert (results / "e.txt").exists()


async def test_uploads_are_never_larger_than_what_may_be_queued(
    server: FakeServer, submit: Submit
) -> None:
    server.quota["queued_limit"] = 2

    summary = await submit()

    assert summary.exit_code == 0
    assert [len(upload["images"]) for upload in server.uploads.values()] == [2, 2, 1]


async def test_who_may_have_nothing_queued_is_told_at_once(
    server: FakeServer, submit: Submit
) -> None:
    server.quota["queued_limit"] = 0

    with pytest.raises(ClientError) as caught:
        await submit()
    assert caught.value.code == "quota_exceeded"
    assert not server.uploads


async def test_a_file_name_that_is_no_text_is_sent_as_well_as_it_can_be(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    (photos / "caf\udce9.jpg").write_bytes(b"\xff\xd8\xffnamed in another encoding")

    summary = await submit()

    assert summary.succeeded == 6
    names = [image["name"] for upload in server.uploads.values() for image in upload["images"]]
    assert "caf?.jpg" in names


async def test_a_model_that_is_not_there_stops_the_command(submit: Submit) -> None:
    with pytest.RaisesGroup(
        pytest.RaisesExc(ClientError, check=lambda error: error.code == "model_not_found")
    ):
        await submit(model="unknown")


async def test_a_wrong_password_is_a_sign_in_error(submit: Submit) -> None:
    with pytest.raises(SignInError) as caught:
        await submit(credentials=Credentials("ann", "wrong"))
    assert caught.value.code == "no_active_account"


async def test_the_session_is_signed_out_at_the_end(server: FakeServer, submit: Submit) -> None:
    await submit()

    assert server.refresh == set()
    assert not server.sockets
    assert server.close_codes == [1000]
