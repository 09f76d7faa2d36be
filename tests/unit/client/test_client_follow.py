"""Following by websocket: nothing is missed, whatever becomes of the connection."""

import asyncio
from pathlib import Path

import pytest

from client.errors import SignInError
from tests.fakes.server import FakeServer
from tests.unit.client.driver import Submit


def polls(server: FakeServer) -> int:
    return sum(request.startswith("GET /api/uploads/") for request in server.requests)


async def test_nothing_is_polled_while_the_socket_lives(server: FakeServer, submit: Submit) -> None:
    server.held = True
    submission = asyncio.create_task(submit())
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 2)
    await server.emit("image.archived", {"upload": 999})
    await server.until(lambda: server.received[-1] == {"type": "ack", "seq": len(server.events)})
    before = polls(server)

    await server.release()

    assert (await submission).succeeded == 5
    assert polls(server) == before


@pytest.mark.parametrize("code", [1012, 1011, 4408])
async def test_a_socket_that_closes_midway_goes_on_after_the_last_event(
    server: FakeServer, submit: Submit, code: int
) -> None:
    server.held = True
    server.close_sockets_after.extend([(7, code), (2, code)])
    submission = asyncio.create_task(submit())
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 2)

    await server.release()

    assert (await submission).succeeded == 5
    hellos = [message for message in server.received if message["type"] == "hello"]
    starts = [hello["after"] for hello in hellos]
    assert starts[0] is None
    assert starts[2] == starts[1] + 2
    assert {hello["epoch"] for hello in hellos[1:]} == {"one"}


async def test_one_socket_too_many_leaves_the_results_to_polling(
    server: FakeServer, submit: Submit
) -> None:
    server.close_sockets_after.extend([(0, 4429)] * 1_000)

    assert (await submit()).succeeded == 5
    assert polls(server) > 0


async def test_events_that_overtake_the_answer_to_their_upload_are_not_lost(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    server.held = server.late_answers = True
    submission = asyncio.create_task(submit([photos / "a.jpg"]))
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 1)

    await server.release()

    assert (await submission).succeeded == 1


async def test_a_gap_in_the_stream_is_made_good_by_rest(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    server.held = True
    submission = asyncio.create_task(submit([photos / "a.jpg"]))
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 1)
    await server.emit("image.archived", {"upload": 999})
    await server.until(lambda: {"type": "ack", "seq": len(server.events)} in server.received)

    [prediction] = server.predictions.values()
    prediction |= {"state": "failed", "attempt": 1}
    await server.say(server.events[-1] | {"seq": len(server.events) + 2})

    assert len((await submission).failures) == 1


async def test_without_any_websocket_the_results_come_by_polling(
    server: FakeServer, submit: Submit
) -> None:
    server.refuse_sockets = True

    summary = await submit()

    assert summary.succeeded == 5
    assert polls(server) > 0


async def test_a_reset_stream_is_made_good_by_rest(server: FakeServer, submit: Submit) -> None:
    server.held = True
    submission = asyncio.create_task(submit())
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 2)

    # The server comes back with another stream, in which the ends of the predictions are past.
    server.epoch = "two"
    server.refuse_sockets = True
    for socket in list(server.sockets):
        await socket.close(1012)
    await server.release()
    await server.until(lambda: all(p["state"] == "succeeded" for p in server.predictions.values()))
    server.refuse_sockets = False

    assert (await submission).succeeded == 5


async def test_tokens_that_end_are_renewed_everywhere(server: FakeServer, submit: Submit) -> None:
    server.held = True
    submission = asyncio.create_task(submit())
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 2)

    server.expire_tokens()
    await server.say({"type": "auth.expiring", "expires_at": "2026-01-01T00:00:00Z"})
    await server.until(lambda: server.received[-1]["type"] == "auth")
    assert server.received[-1]["token"] in server.access

    server.expire_tokens()
    for socket in list(server.sockets):
        await socket.close(4401)
    await server.release()

    assert (await submission).succeeded == 5
    assert server.requests.count("POST /api/token/") == 1


async def test_a_lost_refresh_answer_is_made_good_by_signing_in(
    server: FakeServer, submit: Submit
) -> None:
    server.held = True
    submission = asyncio.create_task(submit())
    await server.until(lambda: len(server.uploads) == 2)

    server.refresh.clear()
    server.expire_tokens()
    await server.release()
    server.output_kind = "image"

    assert (await submission).succeeded == 5


async def test_being_signed_out_ends_the_command(server: FakeServer, submit: Submit) -> None:
    server.held = True
    submission = asyncio.create_task(submit())
    await server.until(lambda: bool(server.sockets))

    for socket in list(server.sockets):
        await socket.close(4403)

    with pytest.RaisesGroup(SignInError, flatten_subgroups=True):
        await submission


async def test_an_upload_that_is_deleted_meanwhile_is_reported(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    server.held = True
    submission = asyncio.create_task(submit([photos / "a.jpg"]))
    await server.until(lambda: bool(server.sockets) and len(server.uploads) == 1)
    [upload] = server.uploads

    del server.uploads[upload]
    await server.emit("upload.deleted", {"upload": upload})

    [failure] = (await submission).failures
    assert failure.error is not None
    assert failure.error["code"] == "upload_deleted"


async def test_an_image_that_nothing_is_asked_of_is_reported_and_the_others_go_on(
    server: FakeServer, submit: Submit
) -> None:
    server.bare_names = {"a.jpg"}
    server.refuse_sockets = True

    for summary in (await submit(), await submit()):
        assert summary.succeeded == 4
        assert [failure.error and failure.error["code"] for failure in summary.failures] == [
            "no_prediction"
        ]


async def test_an_image_that_is_deleted_while_no_socket_lives_is_reported(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    server.held = server.refuse_sockets = True
    submission = asyncio.create_task(submit([photos / "a.jpg", photos / "b.png"]))
    await server.until(lambda: len(server.uploads) == 1)

    [upload] = server.uploads.values()
    upload["images"][0]["prediction"] = None
    await server.release()

    summary = await submission
    [failure] = summary.failures
    assert failure.error is not None
    assert (failure.error["code"], summary.succeeded) == ("image_deleted", 1)


async def test_many_events_are_acknowledged_before_a_second_has_gone(
    server: FakeServer, submit: Submit, photos: Path
) -> None:
    for number in range(40):
        (photos / f"n{number}.jpg").write_bytes(b"\xff\xd8\xff%d" % number)

    await submit()

    acks = [message["seq"] for message in server.received if message["type"] == "ack"]
    assert acks == sorted(acks)
    assert max(acks) >= len(server.events) - 64
