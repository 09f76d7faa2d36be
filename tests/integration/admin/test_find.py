"""One search: by words, numbers, addresses, hashes, recognized text, or the file itself."""

import hashlib
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.desk import page, staff, text_of
from tests.integration.rest import file, succeed, uploaded
from tests.photos import tiny
from uploads import finding
from uploads.models import Image, Prediction, Upload, User

pytestmark = pytest.mark.django_db

FIND = "/admin/find/"


def found(desk: Client, text: str) -> str:
    return text_of(desk.get(FIND, {"q": text}))


def test_an_image_is_found_by_the_whole_of_its_hash_and_by_eight_digits(
    desk: Client, history: dict[str, Any]
) -> None:
    image = history["images"][0]
    for digits in (image["sha256"], image["sha256"][:8], f" {image['sha256'][:12].upper()} "):
        assert page(Image, image["id"]) in found(desk, digits)
    assert f'title="{image["sha256"]}">{image["sha256"][:12]}…<' in found(desk, image["sha256"])
    assert page(Image, image["id"]) not in found(desk, image["sha256"][:7])


def test_a_photo_is_found_by_its_file_which_is_not_kept(
    desk: Client, as_ada: APIClient, ada: User
) -> None:
    content = tiny(77)
    image = uploaded(as_ada, file(content, "holiday.png"))["images"][0]
    assert image["sha256"] == hashlib.sha256(content).hexdigest()
    before = Image.objects.count()
    asked = SimpleUploadedFile("copy of it.png", content, content_type="image/png")
    body = text_of(desk.post(FIND, {"file": asked}))
    assert page(Image, image["id"]) in body
    assert page(User, ada.pk) in body
    other = SimpleUploadedFile("other.png", b"something else", content_type="image/png")
    assert "Nobody has uploaded other.png" in text_of(desk.post(FIND, {"file": other}))
    assert Image.objects.count() == before


def test_everything_is_found_by_what_it_is_called(
    desk: Client, history: dict[str, Any], ada: User
) -> None:
    image = history["images"][3]
    prediction = image["prediction"]["id"]
    assert page(User, ada.pk) in found(desk, "AD")
    assert page(Image, image["id"]) in found(desk, "failed <b>")
    assert page(Image, image["id"]) in found(desk, str(image["id"]))
    assert page(Upload, history["id"]) in found(desk, str(history["id"]))
    assert page(Prediction, prediction) in found(desk, str(prediction))
    assert page(Upload, history["id"]) in found(desk, "127.0.0.1")
    assert "Nothing was found." in found(desk, "no such word")


def test_recognized_text_is_found_in_any_script(desk: Client, as_ada: APIClient) -> None:
    pk = uploaded(as_ada)["images"][0]["prediction"]["id"]
    succeed(pk, {"kind": "text", "text": "된장찌개 8,000원\nKimchi"})
    for words in ("장찌", unicodedata.normalize("NFD", "장찌"), "kimchi", "8,000"):
        assert page(Prediction, pk) in found(desk, words)


def test_only_the_newest_texts_are_read_and_the_page_says_so(
    desk: Client, as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (uploaded(as_ada)["images"][0]["prediction"]["id"] for _ in range(2))
    for pk in (old, new):
        succeed(pk, {"kind": "text", "text": "the same words"})
    monkeypatch.setattr(finding, "TEXTS_READ", 1)
    body = found(desk, "same words")
    assert page(Prediction, new) in body
    assert page(Prediction, old) not in body
    assert "the newest 1 predictions" in body


def test_a_search_within_days_finds_what_is_of_them(desk: Client, as_ada: APIClient) -> None:
    bodies = [uploaded(as_ada, file(name=f"same {day}.png")) for day in (1, 2, 3)]
    for day, body in zip((1, 2, 3), bodies, strict=True):
        at = datetime(2026, 1, day, 12, tzinfo=UTC)
        Upload.objects.filter(pk=body["id"]).update(created_at=at)
        prediction = body["images"][0]["prediction"]["id"]
        succeed(prediction, {"kind": "text", "text": "same words"})
        Prediction.objects.filter(pk=prediction).update(created_at=at)
    days = {"from": "2026-01-02", "to": "2026-01-02"}
    for text, table, keys in (
        ("same", Image, [body["images"][0]["id"] for body in bodies]),
        ("same words", Prediction, [body["images"][0]["prediction"]["id"] for body in bodies]),
        ("127.0.0.1", Upload, [body["id"] for body in bodies]),
    ):
        found_then = text_of(desk.get(FIND, {"q": text, **days}))
        assert [page(table, key) in found_then for key in keys] == [False, True, False]
        assert 'value="2026-01-02"' in found_then
    assert desk.get(FIND, {"q": "same", "from": "2026-02-30"}).status_code == 400


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "%", "_", "'\"\\", "9" * 40, "²", "x" * 5000, "::"]
)
def test_any_words_are_answered(desk: Client, history: dict[str, Any], text: str) -> None:
    text_of(desk.get(FIND, {"q": text}))


def test_a_sign_of_patterns_stands_for_itself(desk: Client, history: dict[str, Any]) -> None:
    assert "Nothing was found." in found(desk, "%")


def test_the_search_is_for_those_alone_who_may_look(history: dict[str, Any], bob: User) -> None:
    assert Client().get(FIND).status_code == 302
    assert staff(bob).get(FIND).status_code == 403
    assert staff(bob, "view_upload").get(FIND).status_code == 200


def test_a_search_costs_so_many_questions_however_much_is_found(
    desk: Client, as_ada: APIClient, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        uploaded(as_ada, *[file()] * 3)
    with django_assert_max_num_queries(14):
        found(desk, "png")
