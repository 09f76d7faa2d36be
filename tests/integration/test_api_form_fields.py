"""Fields of an upload: every one is used or refused."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import Part, file, post, refused, uploaded
from tests.photos import tiny
from uploads.models import Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_incoming_file_is_left")]


def test_a_text_in_the_place_of_a_file_is_refused(as_ada: APIClient) -> None:
    for field in ("images", "image0"):
        body = refused(post(as_ada, file(), Part(field, b"not a file")), 400, "invalid")
        assert [fault["field"] for fault in body["errors"]] == [field]


def test_a_file_in_an_unknown_field_is_refused(as_ada: APIClient) -> None:
    for field in ("photo", "image", "imagesx", "image-1", "model"):
        answer = post(as_ada, file(), file(field=field))
        body = refused(answer, 400, "unexpected_file")
        assert [fault["field"] for fault in body["errors"]] == [field]
    assert not Upload.objects.exists()


def test_every_part_is_used_or_refused(as_ada: APIClient) -> None:
    for part, code, field in (
        (Part("title", b"holiday"), "unknown_field", "title"),
        (Part("title", b""), "unknown_field", "title"),
        (Part("Images", b"x"), "unknown_field", "Images"),
        (Part("images", b"x"), "invalid", "images"),
        (Part("image3", b"x"), "invalid", "image3"),
        (file(field="title"), "unexpected_file", "title"),
        (file(field="params"), "unexpected_file", "params"),
        (Part("image_type", "\u00e9".encode("latin-1")), "invalid", "image_type"),
        (Part("image_type", b"x" * 70_000), "too_large", "image_type"),
    ):
        answer = post(as_ada, file(), part)
        body = refused(answer, 413 if code == "too_large" else 400, code)
        assert [fault["field"] for fault in body["errors"]] == [field]
    assert not Upload.objects.exists()


def test_a_field_that_is_sent_twice_is_refused(as_ada: APIClient) -> None:
    for field in ("model", "model_version", "params", "image_type"):
        body = refused(post(as_ada, file(), Part(field, b""), Part(field, b"1")), 400, "invalid")
        assert [fault["field"] for fault in body["errors"]] == [field]


def test_where_no_file_was_chosen_nothing_was_sent(as_ada: APIClient) -> None:
    body = uploaded(
        as_ada, file(b"", ""), file(), file(b"", "", field="image1"), Part("images", b"")
    )
    assert len(body["images"]) == 1


def test_a_file_without_a_name_is_refused_and_not_passed_over(as_ada: APIClient) -> None:
    body = refused(post(as_ada, file(), file(tiny(2), "")), 400, "invalid_name")
    assert [fault["position"] for fault in body["errors"]] == [1]


def test_a_form_of_very_many_texts_is_refused(as_ada: APIClient) -> None:
    refused(post(as_ada, file(), *[Part("images", b"")] * 101), 400, "malformed")


def test_more_files_than_an_upload_may_hold_are_refused(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_IMAGES_PER_UPLOAD = 3
    assert len(uploaded(as_ada, *[file()] * 3)["images"]) == 3
    refused(post(as_ada, *[file()] * 4), 400, "too_many_images")
