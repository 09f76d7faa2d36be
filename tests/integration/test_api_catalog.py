"""Models by REST, and what the server says of itself."""

from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from tests.integration.conftest import SCHEMA
from tests.integration.rest import refused
from uploads.catalog import offers
from uploads.models import Model, Worker

pytestmark = pytest.mark.django_db

OCR = {
    "name": "ocr",
    "description": "What ocr does.",
    "versions": [
        {"version": "1", "state": "UNAVAILABLE", "refusal": None, "labels": ["stable"]},
        {"version": "2", "state": "UNAVAILABLE", "refusal": None, "labels": []},
    ],
    "default_version": "2",
    "params_schema": SCHEMA,
    "output_kind": "text",
    "platform": "python",
    "languages": [{"code": "en"}, {"code": "ja", "note": "printed"}],
    "state": "UNAVAILABLE",
    "refusal": None,
    "desired_state": "loaded",
}


def test_models_are_listed_with_their_versions_and_parameters(as_ada: APIClient) -> None:
    page = as_ada.get("/api/models/").json()
    assert (page["next"], page["previous"]) == (None, None)
    assert [one["name"] for one in page["results"]] == ["background-removal", "ocr"]
    assert page["results"][1] == OCR


def test_one_model_reads_as_in_the_list(as_ada: APIClient) -> None:
    assert as_ada.get("/api/models/ocr/").json() == OCR


def test_versions_are_in_the_order_of_their_numbers(as_ada: APIClient) -> None:
    ten = [offers.VersionEntry(str(n), "c" * 64) for n in (10, 9, 1)]
    offers.publish([offers.ModelEntry("m", "", "text", "python", {}, 1, ten)])
    versions = as_ada.get("/api/models/m/").json()["versions"]
    assert [one["version"] for one in versions] == ["1", "9", "10"]


@pytest.mark.parametrize("name", ["nonsense", "OCR", "a" * 100, "..", "%00"])
def test_a_model_that_is_not_there_is_not_found(as_ada: APIClient, name: str) -> None:
    refused(as_ada.get(f"/api/models/{name}/"), 404, "not_found")


def test_a_process_that_lives_says_so() -> None:
    assert APIClient().get("/healthz").json() == {"status": "ok"}


def test_readiness_names_each_part() -> None:
    answer = APIClient().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "storage": "ok",
        "channel_layer": "ok",
        "workers": "degraded",
    }
    Worker.objects.create(id="host:1:aa", host="host", pid=1)
    assert APIClient().get("/readyz").json()["workers"] == "ok"


def test_without_a_channel_layer_uploads_are_still_taken(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.integration.test_api_catalog.Silent"}}
    answer = APIClient().get("/readyz")
    assert (answer.status_code, answer.json()["channel_layer"]) == (200, "degraded")


class Silent:
    """A channel layer that does not answer."""

    def __init__(self, **_: Any) -> None:
        pass

    async def answers(self) -> bool:
        return False


def test_without_storage_it_is_not_ready(settings: Any, media: Any) -> None:
    media.write_bytes(b"a file where the folder should be")
    answer = APIClient().get("/readyz")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert (answer.json()["status"], answer.json()["storage"]) == ("failed", "failed")


def test_without_a_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("The server closed the connection.")

    monkeypatch.setattr("project.health.connection.cursor", gone)
    answer = APIClient().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "failed")
    assert answer.json()["workers"] == "degraded"


def test_metadata_says_what_it_is_has_and_accepts(models: None, settings: Any) -> None:
    settings.MAX_IMAGES_PER_UPLOAD = 7
    body = APIClient().get("/metadata").json()
    assert body["name"] == "darkroom"
    assert body["models"] == ["background-removal", "ocr"]
    assert body["limits"] == {
        "max_image_bytes": settings.MAX_IMAGE_BYTES,
        "max_image_pixels": settings.MAX_IMAGE_PIXELS,
        "max_images_per_upload": 7,
        "max_upload_bytes": settings.MAX_UPLOAD_BYTES,
        "content_types": ["image/jpeg", "image/png", "image/webp"],
    }
    Model.objects.all().delete()
    assert APIClient().get("/metadata").json()["models"] == []
