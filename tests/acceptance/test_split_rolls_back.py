"""A new version that dies of every image, in real processes: it is taken back by itself."""

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from tests.darkroom import Darkroom, Person, until
from tests.folders import model_folder
from tests.photos import on_disk

pytestmark = pytest.mark.slow

STABLE = """
from inference.engine.model import LabelsOutput


class Model:
    def __init__(self, context):
        pass

    def predict(self, requests):
        return [LabelsOutput([("light", 0.5)]) for request in requests]
"""
DYING = """
import os


class Model:
    def __init__(self, context):
        pass

    def predict(self, requests):
        os._exit(7)
"""
REASON = "Version 2 is new."
SAMPLES = 5
SPLIT = {
    "model": "brightness",
    "label": "",
    "from_version": "1",
    "to_version": "2",
    "percent": "20",
    "margin": "10",
    "min_samples": str(SAMPLES),
}


def staff(served: Darkroom) -> httpx.Client:
    """The browser of the administrator whom the first start has made."""
    browser = httpx.Client(base_url=served.url, timeout=70, follow_redirects=True)
    browser.get("/admin/login/")
    password = (served.folder / "var" / "admin-password").read_text().strip()
    post(browser, "/admin/login/", username="admin", password=password, next="/admin/")
    return browser


def post(browser: httpx.Client, address: str, **fields: str) -> httpx.Response:
    token = browser.cookies["csrftoken"]
    answer = browser.post(
        address, data={"csrfmiddlewaretoken": token, **fields}, headers={"Referer": address}
    )
    assert answer.status_code == 200, answer.text[:500]
    return answer


def events(browser: httpx.Client, kind: str) -> list[dict[str, Any]]:
    """All events of this kind."""
    answer = browser.get("/admin/uploads/event/export/jsonl/", params={"kind__exact": kind})
    archive = ZipFile(io.BytesIO(answer.content))
    (name,) = [one for one in archive.namelist() if one.endswith(".jsonl")]
    return [json.loads(line) for line in archive.read(name).splitlines()]


def ended(ada: Person, upload: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ada.finished(upload)["images"][0]["prediction"]
    return found


def test_a_version_that_dies_of_every_image_is_taken_back_and_loses_none(
    own_darkroom: Darkroom, tmp_path: Path
) -> None:
    folder = model_folder(tmp_path / "models", "brightness", "1", "2")
    (folder / "1" / "model.py").write_text(STABLE)
    (folder / "2" / "model.py").write_text(DYING)
    (photo,) = on_disk(tmp_path / "photos", "coffee")
    own_darkroom.start(MODEL_REPOSITORY=str(folder.parent), MAX_ATTEMPTS="1")
    ada, browser = own_darkroom.person("ada"), staff(own_darkroom)
    start = httpx.URL("/admin/splits/start/", params=SPLIT)
    post(browser, str(start), confirmed="1", reason=REASON)
    assert [one["reason"] for one in events(browser, "model.split_started")] == [REASON]

    # Which upload gets which version is fixed: of the first eight, five get the new one.
    uploads = [ada.upload(photo, model="brightness") for _ in range(8)]

    for one in uploads:
        ended(ada, one)

    def taken_back() -> list[dict[str, Any]]:
        return events(browser, "model.split_rolled_back")

    (told,) = until(taken_back, "the split is taken back", 60)
    assert told["facts"]["to"]["failed"] == told["facts"]["to"]["ended"] >= SAMPLES
    assert told["facts"]["from"]["failed"] == 0

    # What comes now gets the old version; what failed is told so, and succeeds by a retry.
    late = [ada.upload(photo, model="brightness") for _ in range(4)]
    uploads += late
    predictions = [ended(ada, one) for one in uploads]
    failed = [one for one in predictions if one["state"] == "failed"]
    assert len(failed) >= SAMPLES
    assert {one["error"]["code"] for one in failed} == {"attempts_exhausted"}
    assert {one["model_version"] for one in failed} == {"2"}
    assert all(one["state"] == "succeeded" for one in predictions if one not in failed)
    new = [(one["state"], one["model_version"]) for one in predictions[-len(late) :]]
    assert set(new) == {("succeeded", "1")}
    for one in failed:
        ada.http.post(f"/api/predictions/{one['id']}/retry/").raise_for_status()
    again = [ended(ada, upload) for upload in uploads]
    assert {(one["state"], one["model_version"]) for one in again} == {("succeeded", "1")}
