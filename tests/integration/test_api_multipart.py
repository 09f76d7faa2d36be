"""Bodies that are not what multipart/form-data should be."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import MULTIPART, Part, file, multipart, post, refused, uploaded
from tests.photos import photo, tiny
from uploads.models import Upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_file_is_left(media: Path) -> object:
    yield
    assert not [path for path in (media / ".incoming").glob("*") if path.is_file()]


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"],
)
def test_a_body_without_a_boundary_is_malformed(as_ada: APIClient, content_type: str) -> None:
    answer = as_ada.post("/api/uploads/", multipart(file()), content_type=content_type)
    refused(answer, 400, "malformed")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "image/png"],
)
def test_another_content_type_is_not_supported(as_ada: APIClient, content_type: str) -> None:
    answer = as_ada.post("/api/uploads/", b"{}", content_type=content_type)
    refused(answer, 415, "unsupported_media_type")


def test_a_body_of_nothing_has_no_images(as_ada: APIClient) -> None:
    refused(as_ada.post("/api/uploads/", b"", content_type=MULTIPART), 400, "no_images")


def test_a_body_that_is_cut_off_is_refused_wherever_it_ends(as_ada: APIClient, media: Path) -> None:
    whole = multipart(file(tiny(1)), file(tiny(2)), Part("model", b"ocr"))
    for end in range(1, len(whole) - 3, 7):
        answer = as_ada.post("/api/uploads/", whole[:end], content_type=MULTIPART)
        assert answer.status_code == 400, whole[:end]
    assert not Upload.objects.exists()


def test_a_closing_boundary_is_seen_across_reads(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(photo("coffee")), file(photo("astronaut")))
    assert len(body["images"]) == 2


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


def test_a_part_without_a_name_is_passed_over(as_ada: APIClient) -> None:
    body = multipart(file()).replace(b'name="images"; ', b"")
    refused(as_ada.post("/api/uploads/", body, content_type=MULTIPART), 400, "no_images")


def test_parts_with_strange_headers_never_are_a_servers_error(as_ada: APIClient) -> None:
    plain = b'form-data; name="images"; filename="a.png"'
    for strange in (
        b"form-data; name*=hex''images; filename=\"a.png\"",
        b"form-data; name=\"images\"; filename*=nonsense''a.png",
        b"form-data; name=\"images\"; filename*=hex''%ff",
        b"form-data; name=\"images\"; filename*=utf-8''%ff%fe.png",
        b"form-data; name=\"images\"; filename*=utf-16''a",
        b'form-data; name="images"; filename="\xff\xfe.png"',
        b"form-data",
        b"",
        plain + b"\r\nContent-Type: image/png; charset=hex",
        plain + b"\r\nContent-Transfer-Encoding: base64",
        plain + b"\r\nContent-Length: -5",
        plain + b"\r\nX: " + b"x" * 2000,
    ):
        body = multipart(file()).replace(plain, strange)
        answer = as_ada.post("/api/uploads/", body, content_type=MULTIPART)
        assert answer.status_code in {202, 400}, (strange, answer.content)


def test_the_body_is_utf8_whatever_charset_its_sender_claims(as_ada: APIClient) -> None:
    for charset in ("utf-16", "nonsense", "idna"):
        content_type = f"{MULTIPART}; charset={charset}"
        body = multipart(Part("image_type", "한국어".encode()), file())
        answer = as_ada.post("/api/uploads/?wait=0", body, content_type=content_type)
        assert answer.json()["images"][0]["image_type"] == "한국어"
