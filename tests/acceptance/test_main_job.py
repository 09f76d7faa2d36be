"""The main job on real photos, with the real processes: what a new user does first."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image

from tests.darkroom import Darkroom, Person
from tests.listener import Listener
from tests.pgserver import postgres
from tests.photos import on_disk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def used(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Darkroom]:
    """A running Darkroom: on SQLite the one that others use too, or one on PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield request.getfixturevalue("darkroom")
        return
    with ExitStack() as stack:
        url = stack.enter_context(postgres(durable=False))
        one = Darkroom(tmp_path_factory.mktemp("darkroom"), database_url=url)
        stack.callback(one.stop)
        one.start()
        yield one


on_both = pytest.mark.parametrize("used", ["sqlite", "postgresql"], indirect=True)
"""What a database has a say in: rows that come, are told in order, and are nobody else's."""


@pytest.fixture(scope="module")
def ada(used: Darkroom) -> Person:
    return used.person("ada-of-the-main-job")


@pytest.fixture
def listener(used: Darkroom, ada: Person) -> Iterator[Listener]:
    one = Listener(used.url, ada.tokens["access"])
    one.until(lambda it: it.messages, "the socket is ready")
    yield one
    one.close()


@on_both
def test_three_photos_go_in_and_their_text_comes_out(ada: Person, tmp_path: Path) -> None:
    upload = ada.upload(*on_disk(tmp_path, "page", "astronaut", "coffee"), model="ocr")
    done = ada.finished(upload)
    assert done["counts"]["succeeded"] == 3
    text = done["images"][0]["prediction"]["output"]["text"]
    assert "Region-based segmentation" in text
    assert "markers" in text
    for image in done["images"]:
        thumbnail = ada.http.get(image["thumbnail"])
        assert thumbnail.headers["Content-Type"] == "image/jpeg"


def test_a_background_is_removed_and_the_cut_out_can_be_fetched(
    ada: Person, tmp_path: Path
) -> None:
    upload = ada.upload(*on_disk(tmp_path, "astronaut"), model="background-removal")
    prediction = ada.finished(upload)["images"][0]["prediction"]
    assert prediction["state"] == "succeeded", prediction
    output = prediction["output"]
    assert (output["kind"], output["width"], output["height"]) == ("image", 512, 512)
    file = ada.http.get(output["url"])
    assert file.headers["Content-Type"] == "image/png"
    assert file.content.startswith(b"\x89PNG")


@on_both
def test_the_socket_tells_every_step_in_order_with_progress_between(
    ada: Person, listener: Listener, tmp_path: Path
) -> None:
    photos = on_disk(tmp_path, "page", "chelsea")
    ada.finished(ada.upload(*photos, model="background-removal"))
    listener.until(lambda it: len(it.events("prediction.succeeded")) == 2, "both succeeded")
    told = listener.events()
    first = listener.messages[0]["seq"] + 1
    assert [event["seq"] for event in told] == list(range(first, first + len(told)))
    for prediction in {event["prediction"] for event in told if event["prediction"]}:
        assert [e["kind"] for e in told if e["prediction"] == prediction] == [
            "prediction.queued",
            "prediction.started",
            "prediction.succeeded",
        ]
    progress = [m for m in listener.messages if m["type"] == "progress"]
    assert {message["stage"] for message in progress} & {"segment", "refine", "encode"}
    assert told[-1]["data"]["output"]["kind"] == "image"


def test_text_regions_arrive_before_the_result(
    ada: Person, listener: Listener, tmp_path: Path
) -> None:
    (page,) = on_disk(tmp_path, "page")
    with Image.open(page) as picture:
        # So many lines that reading them takes longer than progress is held back at most.
        long = Image.new("RGB", (picture.width, 3 * picture.height), "white")
        for number in range(3):
            long.paste(picture, (0, number * picture.height))
    long.save(page)
    ada.finished(ada.upload(page, model="ocr"))
    listener.until(lambda it: it.events("prediction.succeeded"), "it succeeded")
    stages = [m["stage"] for m in listener.messages if m["type"] == "progress"]
    partial = [m["partial"] for m in listener.messages if "partial" in m]
    assert set(stages) <= {"load", "orient", "detect", "recognize"}
    assert partial
    assert len(partial[0]["regions"]) >= 5


@on_both
def test_a_second_user_sees_nothing_of_it(used: Darkroom, ada: Person, tmp_path: Path) -> None:
    upload = ada.finished(ada.upload(*on_disk(tmp_path, "coffee")))
    image = upload["images"][0]
    bob = used.person("bob-of-the-main-job")
    assert bob.get("/api/uploads/")["results"] == []
    assert bob.get("/api/events/")["results"] == []
    for path in (
        f"/api/uploads/{upload['id']}/",
        f"/api/images/{image['id']}/",
        image["file"],
        image["thumbnail"],
        f"/api/predictions/{image['prediction']['id']}/",
    ):
        assert bob.http.get(path).status_code == 404, path


@on_both
def test_another_model_can_be_run_over_the_same_image(ada: Person, tmp_path: Path) -> None:
    upload = ada.finished(ada.upload(*on_disk(tmp_path, "chelsea"), model="ocr"))
    image = upload["images"][0]
    answer = ada.http.post(image["predictions"], json={"model": "background-removal"})
    assert answer.status_code == 202
    ada.finished(upload)
    listed = ada.get(image["predictions"])["results"]
    assert [one["model"] for one in listed] == ["background-removal", "ocr"]
    assert {one["state"] for one in listed} == {"succeeded"}


def test_an_image_broken_in_its_body_fails_alone(ada: Person, tmp_path: Path) -> None:
    whole, broken = on_disk(tmp_path, "page", "coffee")
    content = broken.read_bytes()
    broken.write_bytes(content[:20_000] + bytes(100) + content[20_100:])
    done = ada.finished(ada.upload(whole, broken))
    first, second = [image["prediction"] for image in done["images"]]
    assert first["state"] == "succeeded"
    assert (second["state"], second["error"]["code"]) == ("failed", "unreadable_image")


def test_an_image_cut_short_is_read_as_far_as_it_goes(ada: Person, tmp_path: Path) -> None:
    (cut,) = on_disk(tmp_path, "coffee")
    cut.write_bytes(cut.read_bytes()[:20_000])
    (image,) = ada.finished(ada.upload(cut))["images"]
    assert image["prediction"]["state"] == "succeeded"
    notes = image["prediction"]["output"]["notes"]
    assert "truncated_file" in [note["code"] for note in notes]
