"""The list of images: its order, pages, filters, search, and a price that does not grow."""

import hashlib
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.integration.rest import fail, file, refused, succeed, uploaded
from tests.integration.work import plan_as_for_large_tables, work_of
from tests.photos import tiny
from uploads.models import Image, Upload, User

pytestmark = pytest.mark.django_db

URL = "/api/images/"


def ids(page: dict[str, Any]) -> list[int]:
    return [one["id"] for one in page["results"]]


def found(client: APIClient, **query: str) -> list[str]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return [one["name"] for one in answer.json()["results"]]


def images_of(*bodies: dict[str, Any]) -> list[int]:
    return [image["id"] for body in bodies for image in body["images"]]


def test_the_newest_upload_comes_first_in_its_own_order(as_ada: APIClient) -> None:
    older, newer = uploaded(as_ada, file(), file()), uploaded(as_ada, file(), file())
    assert ids(as_ada.get(URL).json()) == images_of(newer, older)


def test_pages_lead_to_the_end_without_a_gap_whatever_comes_meanwhile(as_ada: APIClient) -> None:
    bodies = [uploaded(as_ada, file(), file(), file()) for _ in range(2)]
    read: list[int] = []
    url: str | None = f"{URL}?page_size=2"
    while url:
        page = as_ada.get(url).json()
        assert page["previous"] is None
        read += ids(page)
        url = page["next"]
        uploaded(as_ada)
    assert read == images_of(*bodies[::-1])


def test_an_image_comes_with_all_its_predictions_and_when_it_was_sent(as_ada: APIClient) -> None:
    body = uploaded(as_ada)
    image = body["images"][0]
    again = {"model": "background-removal"}
    second = as_ada.post(image["predictions"], again, format="json").json()
    (listed,) = as_ada.get(URL).json()["results"]
    assert [one["id"] for one in listed.pop("runs")] == [image["prediction"]["id"], second["id"]]
    assert listed.pop("runs_count") == 2
    assert listed.pop("created_at") == body["created_at"]
    image.pop("prediction")
    assert listed == image


def test_others_and_deleted_ones_are_not_in_it(as_ada: APIClient, as_bob: APIClient) -> None:
    uploaded(as_bob)
    gone = uploaded(as_ada)
    as_ada.delete(f"/api/uploads/{gone['id']}/")
    assert found(as_ada) == []


def test_a_state_is_the_one_of_the_newest_prediction(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(name="a.png"), file(name="b.png"))
    first, second = (image["prediction"]["id"] for image in body["images"])
    fail(first)
    fail(second)
    again = {"model": "background-removal"}
    as_ada.post(body["images"][1]["predictions"], again, format="json")
    assert found(as_ada, state="failed") == ["a.png"]
    assert found(as_ada, state="queued") == ["b.png"]
    assert found(as_ada, model="background-removal") == ["b.png"]
    assert found(as_ada, model="ocr") == ["a.png", "b.png"]
    refused(as_ada.get(URL, {"state": "asleep"}), 400, "invalid")


def test_text_is_found_in_names_and_in_what_was_read(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(name="Invoice.png"), file(name="b.png"))
    succeed(body["images"][1]["prediction"]["id"])
    assert found(as_ada, q="voice") == ["Invoice.png"]
    assert found(as_ada, q="HELL") == ["b.png"]
    assert found(as_ada, q="%") == []
    assert len(found(as_ada, q="\0")) == 2
    refused(as_ada.get(URL, {"q": "x" * 201}), 400, "invalid")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_are_found_however_they_are_composed(
    as_ada: APIClient, form: Literal["NFC", "NFD"]
) -> None:
    name = "영수증 사진.png"
    uploaded(as_ada, file(name=unicodedata.normalize("NFD", name)))
    assert found(as_ada, q=unicodedata.normalize(form, "수증")) == [name]


def test_a_label_is_the_likeliest_of_any_prediction(as_ada: APIClient) -> None:
    body = uploaded(as_ada, *[file(name=f"{one}.png") for one in "abc"])
    for image, names in zip(body["images"], (("cat", "dog"), ("dog", "cat"), ()), strict=True):
        labels = [{"label": name, "score": 0.5} for name in names]
        succeed(image["prediction"]["id"], {"kind": "labels", "labels": labels})
    again = {"model": "background-removal"}
    as_ada.post(body["images"][0]["predictions"], again, format="json")
    assert found(as_ada, label="cat") == ["a.png"]
    assert found(as_ada, label="dog", q="b") == ["b.png"]
    assert found(as_ada, label="ca") == found(as_ada, label="Cat") == found(as_ada, label='"') == []
    assert len(found(as_ada, label="\0")) == 3
    refused(as_ada.get(URL, {"label": "x" * 201}), 400, "invalid")


def test_images_are_found_by_when_they_were_sent(as_ada: APIClient) -> None:
    sent = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    for days in range(3):
        body = uploaded(as_ada, file(name=f"{days}.png"))
        Upload.objects.filter(pk=body["id"]).update(created_at=sent + timedelta(days=days))
    assert found(as_ada, created_after="2026-05-02T22:30:00Z") == ["2.png", "1.png"]
    assert found(as_ada, created_before="2026-05-02T22:30:00Z") == ["0.png"]
    in_seoul = {
        "created_after": "2026-05-03T00:00:00+09:00",
        "created_before": "2026-05-04T00:00+09:00",
    }
    assert found(as_ada, **in_seoul) == ["1.png"]
    assert found(as_ada, created_after="9999-12-31T23:59:59Z") == []
    assert len(found(as_ada, created_before="9999-12-31T23:59:59.999999Z")) == 3


@pytest.mark.parametrize("name", ["created_after", "created_before"])
@pytest.mark.parametrize(
    "moment",
    ["yesterday", "2026-05-01", "2026-05-01T00:00:00", "2026-02-30T00:00:00Z", "12",
     "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "2026-05-01T00:00:00Z" + "0" * 9000],
)  # fmt: skip
def test_what_is_no_moment_is_refused(as_ada: APIClient, name: str, moment: str) -> None:
    refused(as_ada.get(URL, {name: moment}), 400, "invalid")


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_files_that_are_there_already_are_found_by_their_hashes(
    as_ada: APIClient, as_bob: APIClient
) -> None:
    parts = [file(tiny(shade), name=f"{shade}.png") for shade in (1, 2, 3)]
    uploaded(as_ada, *parts)
    uploaded(as_bob, *parts)
    first, _, third = (hashlib.sha256(part.body).hexdigest() for part in parts)
    asked = f"{first},{third.upper()},{hashed('nobody has it')}"
    assert found(as_ada, sha256=asked) == ["1.png", "3.png"]
    (gone,) = ids(as_ada.get(URL, {"sha256": first}).json())
    as_ada.delete(f"{URL}{gone}/")
    assert found(as_ada, sha256=first) == []
    assert found(as_bob, sha256=first) == ["1.png"]


@pytest.mark.parametrize(
    "asked",
    ["1234", ",", "g" * 64, f"{'a' * 64},", "\0" * 64, ",".join(["a" * 64] * 51)],
    ids=["short", "empty", "letters", "open", "zeros", "many"],
)
def test_what_are_no_hashes_is_refused(as_ada: APIClient, asked: str) -> None:
    refused(as_ada.get(URL, {"sha256": asked}), 400, "invalid")


def test_finding_by_hash_costs_as_much_among_many_images(as_ada: APIClient, ada: User) -> None:
    def many(count: int) -> None:
        uploads = Upload.objects.bulk_create(
            Upload(user=ada, model="ocr", model_version="1", content_sha256="")
            for _ in range(count)
        )
        Image.objects.bulk_create(
            Image(
                upload=upload,
                position=0,
                content_type="image/png",
                width=8,
                height=6,
                size=80,
                sha256=hashed(f"{upload.pk}"),
            )
            for upload in uploads
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def work() -> int:
        oldest = Upload.objects.order_by("pk").values_list("pk", flat=True)[:25]
        hashes = [hashed(f"{pk}") for pk in oldest]
        return work_of(lambda: found(as_ada, sha256=",".join(hashes)))

    plan_as_for_large_tables()
    many(300)
    before = work()
    many(2700)
    assert work() < 1.3 * before + 500


@pytest.mark.parametrize("asked", ["été", "ÉTÉ", "Été"])
def test_capitals_say_nothing_in_any_alphabet(as_ada: APIClient, asked: str) -> None:
    body = uploaded(as_ada, *[file(name=f"{one}.png") for one in ("L'été", "ÉTÉ", "Été 2")])
    succeed(body["images"][0]["prediction"]["id"], {"kind": "text", "text": "Москва"})
    assert len(found(as_ada, q=asked)) == 3
    assert found(as_ada, q="москва") == found(as_ada, q="москва".upper()) == ["L'été.png"]


@pytest.mark.parametrize("sign", ["%", "_", "\\", "\\%", "'", '"', "*", "[a]", "\u202e", "🎞"])
def test_signs_that_patterns_have_are_looked_for_as_they_are(as_ada: APIClient, sign: str) -> None:
    body = uploaded(as_ada, file(name="a.png"), file(name="b.png"))
    succeed(body["images"][0]["prediction"]["id"], {"kind": "text", "text": f"c{sign}d"})
    succeed(body["images"][1]["prediction"]["id"], {"kind": "text", "text": "cxd"})
    assert found(as_ada, q=sign) == found(as_ada, q=f"c{sign}d") == ["a.png"]
    assert found(as_ada, q=f"x{sign}") == []


@pytest.mark.parametrize("cursor", ["x", "1", "1.", "1.2.3", "-1.2", "1" * 19 + ".1"])
def test_what_is_no_cursor_is_not_found(as_ada: APIClient, cursor: str) -> None:
    refused(as_ada.get(URL, {"cursor": cursor}), 404, "not_found")


def test_its_price_does_not_grow_with_what_it_holds(as_ada: APIClient) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_ada.get(URL).status_code == 200
        return len(captured)

    uploaded(as_ada)
    before = queries()
    uploaded(as_ada, *[file() for _ in range(5)])
    assert queries() == before
