"""Posting an upload: what is answered, stored and enqueued."""

import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import Part, file, post, refused, stored, uploaded
from tests.photos import photo, tiny
from uploads.models import Image, Model, Prediction, Upload, User

pytestmark = pytest.mark.django_db

UPLOAD = {"id", "model", "model_version", "params", "created_at", "counts", "images"}
IMAGE = {
    *("id", "upload", "position", "page", "pages", "name", "image_type", "content_type"),
    *(
        "width",
        "height",
        "orientation",
        "size",
        "sha256",
        "file",
        "display",
        "thumbnail",
        "thumbhash",
    ),
    *("archived_at", "pinned", "prediction", "predictions"),
}
PREDICTION = {
    *("id", "image", "upload", "model", "model_version", "params", "state", "stage", "progress"),
    *("attempt", "queue_position", "waiting", "failures", "error", "created_at", "started_at"),
    *("finished_at", "timing", "provenance", "output"),
}


def names(body: dict[str, Any]) -> list[str]:
    return [image["name"] for image in body["images"]]


def test_an_upload_is_accepted_with_its_address_and_every_key(as_ada: APIClient) -> None:
    coffee = photo("coffee")
    answer = post(as_ada, file(coffee, "coffee.png"), image_type="en")
    assert answer.status_code == 202
    body = answer.json()
    assert answer["Location"] == f"/api/uploads/{body['id']}/"
    assert body.keys() == UPLOAD
    assert (body["model"], body["model_version"], body["params"]) == ("ocr", "2", {})
    assert body["counts"] == {"queued": 1, "running": 0, "succeeded": 0, "failed": 0, "canceled": 0}
    (image,) = body["images"]
    assert image.keys() == IMAGE
    prediction = image.pop("prediction")
    pk = image["id"]
    assert image == {
        "id": pk,
        "upload": body["id"],
        "position": 0,
        "page": 1,
        "pages": 1,
        "name": "coffee.png",
        "image_type": "en",
        "content_type": "image/png",
        "width": 600,
        "height": 400,
        "orientation": 1,
        "size": len(coffee),
        "sha256": sha256(coffee).hexdigest(),
        "file": f"/api/images/{pk}/file/",
        "display": f"/api/images/{pk}/file/",
        "thumbnail": None,
        "thumbhash": None,
        "archived_at": None,
        "pinned": False,
        "predictions": f"/api/images/{pk}/predictions/",
    }
    assert prediction.keys() == PREDICTION
    nothing_yet = ("stage", "error", "started_at", "finished_at", "timing", "provenance", "output")
    assert {prediction[key] for key in nothing_yet} == {None}
    assert (prediction["image"], prediction["upload"]) == (pk, body["id"])
    assert (prediction["state"], prediction["progress"]) == ("queued", 0.0)
    assert (prediction["attempt"], prediction["failures"]) == (0, 0)
    assert prediction["queue_position"] == 1


def test_times_are_utc_with_a_z(as_ada: APIClient) -> None:
    body = uploaded(as_ada)
    for moment in (body["created_at"], body["images"][0]["prediction"]["created_at"]):
        assert moment.endswith("Z")
        assert datetime.fromisoformat(moment).tzinfo is not None


def test_the_answer_is_the_upload_as_it_reads_afterwards(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    assert as_ada.get(f"/api/uploads/{body['id']}/").json() == body


def test_repeated_files_keep_their_order(as_ada: APIClient) -> None:
    body = uploaded(as_ada, *(file(name=f"{n}.png") for n in "cabd"))
    assert names(body) == ["c.png", "a.png", "b.png", "d.png"]
    assert [image["position"] for image in body["images"]] == [0, 1, 2, 3]
    assert [image["prediction"]["queue_position"] for image in body["images"]] == [1, 2, 3, 4]


def test_numbered_files_come_in_the_order_of_their_numbers(as_ada: APIClient) -> None:
    parts = [file(name=f"{n}.png", field=f"image{n}") for n in (10, 2, 0)]
    assert names(uploaded(as_ada, *parts)) == ["0.png", "2.png", "10.png"]


def test_repeated_files_come_before_numbered_ones(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(name="second.png", field="image0"), file(name="first.png"))
    assert names(body) == ["first.png", "second.png"]


def test_files_of_one_name_stay_apart(as_ada: APIClient, media: Path) -> None:
    body = uploaded(as_ada, file(tiny(1)), file(tiny(2)))
    assert names(body) == ["a.png", "a.png"]
    keys = Image.objects.order_by("position").values_list("image_path", flat=True)
    assert [(media / key).read_bytes() for key in keys] == [tiny(1), tiny(2)]


def test_a_file_lies_under_its_user_upload_and_position(
    as_ada: APIClient, ada: User, media: Path
) -> None:
    body = uploaded(as_ada, file(name="My photo (1).png"), file(name="smörgås 日本.png"))
    folder = f"{ada.pk}/upload{body['id']}"
    assert Upload.objects.get().upload_path == folder
    assert list(Image.objects.order_by("position").values_list("image_path", flat=True)) == [
        f"{folder}/images/0-My-photo-1-.png",
        f"{folder}/images/1-smorgas-.png",
    ]
    assert len(stored(media)) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9/._-]+", name) for name in stored(media))


@pytest.mark.parametrize(("asked", "given"), [("1", "1"), ("stable", "1"), ("2", "2"), ("", "2")])
def test_a_version_is_a_number_or_a_label(as_ada: APIClient, asked: str, given: str) -> None:
    body = uploaded(as_ada, model_version=asked)
    assert body["model_version"] == given
    assert body["images"][0]["prediction"]["model_version"] == given


def test_the_model_is_a_field_of_the_request(as_ada: APIClient) -> None:
    body = uploaded(as_ada, model="background-removal", params='{"iterations": 3}')
    assert body["model"] == "background-removal"
    assert body["images"][0]["prediction"]["params"] == {"iterations": 3} == body["params"]


@pytest.mark.parametrize(
    ("fields", "at", "code"),
    [
        ({"model": "nonsense"}, "model", "model_not_found"),
        ({"model": "o" * 101}, "model", "invalid"),
        ({"model": "ocr\0"}, "model", "invalid"),
        ({"model_version": "3"}, "model_version", "model_not_found"),
        ({"model_version": "latest"}, "model_version", "model_not_found"),
        ({"model_version": "1" * 21}, "model_version", "model_not_found"),
        ({"image_type": "e" * 101}, "image_type", "invalid"),
        ({"image_type": "\0"}, "image_type", "invalid"),
    ],
)
def test_a_field_that_cannot_be_is_named(
    as_ada: APIClient, media: Path, fields: dict[str, str], at: str, code: str
) -> None:
    body = refused(post(as_ada, file(), **fields), 400, code)
    assert [fault["field"] for fault in body["errors"]] == [at]
    assert not Upload.objects.exists()
    assert stored(media) == []


def test_a_model_that_is_not_there_has_a_code_of_its_own(as_ada: APIClient) -> None:
    refused(post(as_ada, file(), model="nonsense"), 400, "model_not_found")
    refused(post(as_ada, file(), model_version="3"), 400, "model_not_found")


def test_before_any_worker_has_started_uploads_are_asked_to_come_again(
    as_ada: APIClient, media: Path
) -> None:
    Model.objects.all().delete()
    answer = post(as_ada, file())
    refused(answer, 503, "model_unavailable")
    assert int(answer["Retry-After"]) > 0
    assert stored(media) == []


def test_an_image_type_is_free_text_kept_on_each_image(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file(), image_type="ko-handwritten, 한국어")
    assert [i["image_type"] for i in body["images"]] == ["ko-handwritten, 한국어"] * 2
    assert set(Image.objects.values_list("image_type", flat=True)) == {"ko-handwritten, 한국어"}


def test_one_bad_file_refuses_all_and_every_bad_one_is_named(
    as_ada: APIClient, media: Path
) -> None:
    parts = (
        file(name="good.png"),
        file(b"8BPS", "moving.png"),
        file(name="good too.png"),
        file(b"", "empty.png"),
    )
    body = refused(post(as_ada, *parts), 400, "invalid")
    assert [(f["position"], f["name"], f["code"]) for f in body["errors"]] == [
        (1, "moving.png", "unsupported_format"),
        (3, "empty.png", "empty_file"),
    ]
    assert not Upload.objects.exists()
    assert not Image.objects.exists()
    assert not Prediction.objects.exists()
    assert stored(media) == []


def test_an_upload_without_files_is_refused(as_ada: APIClient) -> None:
    body = refused(post(as_ada, model="ocr"), 400, "no_images")
    assert body["errors"][0]["field"] == "images"


def test_a_browsers_empty_file_field_counts_as_no_file(as_ada: APIClient) -> None:
    refused(post(as_ada, Part("images", b"", "")), 400, "no_images")


def test_storage_that_fails_refuses_the_upload_and_keeps_nothing(
    as_ada: APIClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = Path.replace

    def full_after_the_first(path: Path, target: Path) -> Path:
        if target.name.startswith("1-"):
            raise OSError(28, "No space left on device")
        return flush(path, target)

    monkeypatch.setattr(Path, "replace", full_after_the_first)
    answer = post(as_ada, file(), file())
    refused(answer, 503, "storage_unavailable")
    assert int(answer["Retry-After"]) > 0
    assert not Upload.objects.exists()
    assert stored(media) == []
