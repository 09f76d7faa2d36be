"""Models by REST, and what the server says of itself."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from imagefile.formats import FORMATS
from tests.integration.offered import SAMPLE, SCHEMA, entry
from tests.integration.rest import refused
from uploads.catalog import offers
from uploads.models import Model, Worker

pytestmark = pytest.mark.django_db

OCR = {
    "name": "ocr",
    "title": "The ocr model",
    "description": "What ocr does.",
    "task": "text-recognition",
    "card": {"purpose": "Printed pages.", "license": "Apache-2.0"},
    "license": "Apache-2.0",
    "sample": "/api/models/ocr/sample/",
    "versions": [
        {
            "version": number,
            "state": "UNAVAILABLE",
            "refusal": None,
            "labels": labels,
            "params_schema": SCHEMA,
        }
        for number, labels in (("1", ["stable"]), ("2", []))
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


def test_parameters_are_in_the_order_of_the_models_author(as_ada: APIClient) -> None:
    names = ["width", "colour", "zoom", "a", "margin"]
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    offers.publish([entry("ocr", schema)])
    for given in (
        as_ada.get("/api/models/ocr/").json(),
        as_ada.get("/api/models/").json()["results"][1],
    ):
        assert list(given["params_schema"]) == ["type", "properties"]
        assert list(given["params_schema"]["properties"]) == names


def test_a_model_that_tells_nothing_of_itself_goes_by_its_name(as_ada: APIClient) -> None:
    offers.publish([offers.ModelEntry("m", "", "text", "python", {}, 1, [])])
    given = as_ada.get("/api/models/m/").json()
    assert given["title"] == "m"
    assert (given["task"], given["card"], given["license"]) == (None, {}, None)
    assert given["sample"] is None
    refused(as_ada.get("/api/models/m/sample/"), 404, "not_found")


def test_a_models_sample_is_given_to_those_who_are_signed_in(as_ada: APIClient) -> None:
    answer = as_ada.get("/api/models/ocr/sample/")
    assert (answer.status_code, answer.content) == (200, SAMPLE)
    assert answer["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer["Content-Security-Policy"]
    refused(APIClient().get("/api/models/ocr/sample/"), 401, "not_authenticated")
    refused(as_ada.get("/api/models/nonsense/sample/"), 404, "not_found")


def test_a_sample_is_written_when_it_changes_and_goes_when_it_is_gone(as_ada: APIClient) -> None:
    with CaptureQueriesContext(connection) as same:
        offers.publish([entry("ocr")])
    assert not [one for one in same if "modelsample" in one["sql"] and "SELECT" not in one["sql"]]
    offers.publish([replace(entry("ocr"), sample=b"another")])
    assert as_ada.get("/api/models/ocr/sample/").content == b"another"
    offers.publish([replace(entry("ocr"), sample=b"")])
    assert as_ada.get("/api/models/ocr/").json()["sample"] is None


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
        "confinement": "ok",
    }
    Worker.objects.create(id="host:1:aa", host="host", pid=1)
    assert APIClient().get("/readyz").json()["workers"] == "ok"


def test_a_worker_that_cannot_confine_its_models_is_told() -> None:
    Worker.objects.create(id="host:1:aa", host="host", pid=1, unconfined="network, signals")
    answer = APIClient().get("/readyz")
    assert (answer.status_code, answer.json()["confinement"]) == (200, "degraded")


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
        "content_types": [one.content_type for one in FORMATS.values()],
        "formats": [
            {"name": one.name, "content_type": one.content_type, "suffixes": list(one.suffixes)}
            for one in FORMATS.values()
        ],
    }
    Model.objects.all().delete()
    assert APIClient().get("/metadata").json()["models"] == []
