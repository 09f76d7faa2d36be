"""Limits: what is too many, too large, or more than a quota leaves room for."""

from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import fail, file, post, refused, succeed, uploaded
from tests.photos import tiny
from uploads.models import Image, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_refused_is_stored(media: Path) -> Any:
    yield
    stored = sum(path.is_file() for path in media.rglob("*") if "images" in path.parts)
    assert stored == Image.objects.filter(upload__deleted_at__isnull=True).count()
    assert not [path for path in (media / ".incoming").glob("*") if path.is_file()]


@pytest.mark.parametrize("count", [3, 6])
def test_too_many_images_are_refused(as_ada: APIClient, settings: Any, count: int) -> None:
    """Three are refused by the judgement, six by the parser before it."""
    settings.MAX_IMAGES_PER_UPLOAD = 2
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 5
    body = refused(post(as_ada, *[file()] * count), 400, "too_many_images")
    assert "at most 2" in body["message"]
    assert post(as_ada, file(), file()).status_code == 202


def test_too_large_a_file_is_refused_by_name(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_IMAGE_BYTES = len(tiny())
    body = refused(post(as_ada, file(), file(tiny() + b"!", "big.png")), 413, "image_too_large")
    assert [(f["position"], f["name"]) for f in body["errors"]] == [(1, "big.png")]
    assert post(as_ada, file()).status_code == 202


def test_different_faults_together_are_a_bad_request(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_IMAGE_BYTES = len(tiny())
    body = refused(post(as_ada, file(b"x"), file(tiny() + b"!")), 400, "invalid")
    assert [f["code"] for f in body["errors"]] == ["unsupported_format", "image_too_large"]


def test_too_large_a_whole_is_refused(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 2 * len(tiny())
    refused(post(as_ada, file(), file(), file()), 413, "too_large")
    assert post(as_ada, file(), file()).status_code == 202


@pytest.mark.parametrize("size", [(11, 10), (10, 11)])
def test_too_many_pixels_are_refused(
    as_ada: APIClient, settings: Any, size: tuple[int, int]
) -> None:
    settings.MAX_IMAGE_PIXELS = 100
    refused(post(as_ada, file(tiny(size=size))), 400, "too_many_pixels")
    assert post(as_ada, file(tiny(size=(10, 10)))).status_code == 202


def test_too_long_a_side_is_refused(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_IMAGE_SIDE = 50
    refused(post(as_ada, file(tiny(size=(1, 51)))), 400, "too_many_pixels")
    assert post(as_ada, file(tiny(size=(1, 50)))).status_code == 202


def test_text_fields_have_a_limit_of_their_own(as_ada: APIClient) -> None:
    refused(post(as_ada, file(), params=" " * 3_000_000), 413, "too_large")
    many = {f"field{n}": "x" for n in range(1100)}
    refused(post(as_ada, file(), **many), 400, "malformed")


def test_a_quota_of_bytes_counts_what_is_kept(as_ada: APIClient, ada: User) -> None:
    ada.quota_bytes = 2 * len(tiny())
    ada.save(update_fields=["quota_bytes"])
    first = uploaded(as_ada, file(), file())
    answer = post(as_ada, file())
    body = refused(answer, 403, "quota_exceeded")
    assert [fault["field"] for fault in body["errors"]] == ["bytes"]
    assert "Retry-After" not in answer
    as_ada.delete(f"/api/uploads/{first['id']}/")
    assert post(as_ada, file()).status_code == 202


def test_a_quota_of_queued_predictions_counts_what_waits(
    as_ada: APIClient, as_bob: APIClient, settings: Any
) -> None:
    settings.QUOTA_QUEUED = 2
    image = uploaded(as_ada, file(), file())["images"][0]
    answer = post(as_ada, file())
    body = refused(answer, 429, "quota_exceeded")
    assert [fault["field"] for fault in body["errors"]] == ["queued"]
    assert int(answer["Retry-After"]) > 0
    again = as_ada.post(image["predictions"], {"model": "ocr"}, format="json")
    refused(again, 429, "quota_exceeded")
    assert post(as_bob, file()).status_code == 202
    succeed(image["prediction"]["id"])
    assert post(as_ada, file()).status_code == 202


def test_a_retry_respects_the_quota_of_what_waits(as_ada: APIClient, settings: Any) -> None:
    settings.QUOTA_QUEUED = 2
    failed = uploaded(as_ada, file())["images"][0]["prediction"]["id"]
    fail(failed)
    waiting = uploaded(as_ada, file(), file())["images"][0]["prediction"]["id"]
    answer = as_ada.post(f"/api/predictions/{failed}/retry/")
    refused(answer, 429, "quota_exceeded")
    assert int(answer["Retry-After"]) > 0
    # What cannot be tried again at all is told so first.
    refused(as_ada.post(f"/api/predictions/{waiting}/retry/"), 409, "not_retryable")
    assert as_ada.post(f"/api/predictions/{waiting}/cancel/").status_code == 202
    assert as_ada.post(f"/api/predictions/{failed}/retry/").status_code == 202


def test_a_users_own_quota_goes_before_the_servers(
    as_ada: APIClient, ada: User, settings: Any
) -> None:
    settings.QUOTA_QUEUED = 1
    ada.quota_queued = 3
    ada.save(update_fields=["quota_queued"])
    assert post(as_ada, *[file()] * 3).status_code == 202
    refused(post(as_ada, file()), 429, "quota_exceeded")


def test_an_own_quota_of_nothing_lets_nothing_in(as_ada: APIClient, ada: User) -> None:
    ada.quota_queued = 0
    ada.save(update_fields=["quota_queued"])
    answer = post(as_ada, file())
    assert "nothing" in refused(answer, 403, "quota_exceeded")["message"]
    assert "Retry-After" not in answer


def test_what_alone_is_more_than_may_be_queued_is_not_told_to_wait(
    as_ada: APIClient, settings: Any
) -> None:
    settings.QUOTA_QUEUED = 2
    answer = post(as_ada, *[file()] * 3)
    body = refused(answer, 403, "quota_exceeded")
    assert [fault["field"] for fault in body["errors"]] == ["queued"]
    assert "Retry-After" not in answer
    assert post(as_ada, file(), file()).status_code == 202
