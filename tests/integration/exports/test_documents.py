"""A result in other forms, over REST."""

import gc
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration.rest import content_of, file, refused, succeed, uploaded
from tests.photos import photo, tiny
from uploads.exports import running
from uploads.models import Event, Image
from uploads.storage import keys, local

pytestmark = pytest.mark.django_db

TEXT = {
    "kind": "text",
    "text": "합계 12,000원\n끝",
    "paragraphs": ["합계 12,000원", "끝"],
    "language": "ko",
    "turned": 0,
    "regions": [
        {"text": "합계 12,000원", "polygon": [[1, 1], [60, 1], [60, 20], [1, 20]], "confidence": 1},
        {"text": "끝", "polygon": [[1, 30], [20, 30], [20, 50], [1, 50]], "confidence": 1},
    ],
}


def read(client: APIClient, body: bytes | None = None, name: str = "영수증.png") -> dict[str, Any]:
    """An image whose text was recognized."""
    image: dict[str, Any] = uploaded(client, file(body, name))["images"][0]
    succeed(image["prediction"]["id"], TEXT)
    return image


def exported(client: APIClient, image: dict[str, Any], form: str) -> Any:
    return client.get(f"/api/predictions/{image['prediction']['id']}/export/", {"as": form})


def test_a_text_comes_in_every_form(as_ada: APIClient, media: Path) -> None:
    image = read(as_ada)
    types = {}
    for form in ("txt", "md", "hocr", "pdf"):
        answer = exported(as_ada, image, form)
        assert answer.status_code == 200, answer.content
        content = content_of(answer)
        assert len(content) == int(answer["Content-Length"])
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert answer["Content-Disposition"].endswith(f".{form}")
        assert answer["X-Content-Type-Options"] == "nosniff"
        types[form] = (answer["Content-Type"], content)
    assert types["txt"] == ("text/plain; charset=utf-8", "합계 12,000원\n끝\n".encode())
    assert types["md"] == ("text/markdown; charset=utf-8", "합계 12,000원\n\n끝\n".encode())
    assert types["hocr"][0] == "text/vnd.hocr+html; charset=utf-8"
    with pypdfium2.PdfDocument(types["pdf"][1]) as document:
        assert document[0].get_textpage().get_text_range() == "합계 12,000원\r\n끝"
    assert not list((media / ".incoming").glob("*"))


def test_a_pdf_is_a_download_of_the_photo_to_the_audit(as_ada: APIClient) -> None:
    image = read(as_ada)
    content_of(exported(as_ada, image, "txt"))
    assert not Event.objects.filter(kind="image.downloaded").exists()
    content_of(exported(as_ada, image, "pdf"))
    event = Event.objects.get(kind="image.downloaded")
    assert (event.image_id, event.facts) == (image["id"], {"format": "pdf"})


def test_a_photo_that_browsers_do_not_show_comes_as_its_picture(as_ada: APIClient) -> None:
    image = read(as_ada)
    row = Image.objects.get(pk=image["id"])
    Image.objects.update(content_type="image/tiff")
    path = local.path_of(keys.display_path(row.thumbnail_path))
    refused(exported(as_ada, image, "pdf"), 409, "source_gone")
    path.write_bytes(photo("coffee"))
    with pypdfium2.PdfDocument(content_of(exported(as_ada, image, "pdf"))) as document:
        assert len(document) == 1


def test_the_photo_of_a_pdf_comes_from_the_archive(
    as_ada: APIClient, store: FakeObjectStore
) -> None:
    image = read(as_ada)
    row = Image.objects.get(pk=image["id"])
    path = local.path_of(row.image_path)
    store.put(row.image_path, path, row.sha256, row.content_type)
    path.unlink()
    assert content_of(exported(as_ada, image, "pdf")).startswith(b"%PDF-")
    store.is_away = True
    refused(exported(as_ada, image, "pdf"), 503, "storage_unavailable")
    assert exported(as_ada, image, "txt").status_code == 200
    store.is_away = False
    store.objects.clear()
    refused(exported(as_ada, image, "pdf"), 409, "source_gone")


def test_what_is_no_text_has_no_other_form(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    refused(exported(as_ada, image, "md"), 409, "not_exportable")
    succeed(image["prediction"]["id"], {"kind": "labels", "labels": []})
    refused(exported(as_ada, image, "pdf"), 409, "not_exportable")


@pytest.mark.parametrize("form", ["", "docx", "PDF", "\0"])
def test_other_forms_are_refused(as_ada: APIClient, form: str) -> None:
    refused(exported(as_ada, read(as_ada), form), 400, "invalid")


def test_somebody_elses_text_is_not_there(as_ada: APIClient, as_bob: APIClient) -> None:
    image = read(as_ada)
    refused(exported(as_bob, image, "txt"), 404, "not_found")


def test_one_document_after_the_other_can_be_had(as_ada: APIClient) -> None:
    image = read(as_ada)
    gc.disable()
    try:
        for _ in range(running.MAX_OF_A_USER + 1):
            assert content_of(exported(as_ada, image, "txt")).decode() == f"{TEXT['text']}\n"
    finally:
        gc.enable()


def test_documents_are_made_a_few_at_a_time(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_WAIT_SECONDS", 0.0)
    image = read(as_ada, tiny())
    with running.making(), running.making():
        body = refused(exported(as_ada, image, "pdf"), 503, "exports_busy")
        assert "try again" in body["message"]
    assert exported(as_ada, image, "pdf").status_code == 200
