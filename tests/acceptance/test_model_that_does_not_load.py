"""A model that cannot be started, and one that is gone, in real processes, by every protocol."""

from pathlib import Path
from typing import Any

import pytest

from tests.darkroom import Darkroom, Person, until
from tests.folders import model_folder
from tests.photos import on_disk

pytestmark = pytest.mark.slow

# What begins with a dot is no file of the version: with it the package is there.
CODE = """
from pathlib import Path
if not (Path(__file__).parent / ".installed").exists():
    import a_package_that_is_not_installed
from inference.engine.model import LabelsOutput


class Model:
    def __init__(self, context):
        pass

    def predict(self, requests):
        return [LabelsOutput([("light", 0.5)]) for request in requests]
"""
INFER = {"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1], "data": ["x"]}]}


def sent(ada: Person, photo: Path) -> Any:
    files = [("images", (photo.name, photo.read_bytes()))]
    return ada.http.post("/api/uploads/", files=files, data={"model": "brightness"})


def test_photos_wait_for_a_model_that_cannot_be_started_and_are_refused_by_one_that_is_gone(
    own_darkroom: Darkroom, tmp_path: Path
) -> None:
    folder = model_folder(tmp_path / "models", "brightness")
    (folder / "1" / "model.py").write_text(CODE)
    other = tmp_path / "other"
    other.mkdir()
    photos = on_disk(tmp_path / "photos", "astronaut", "coffee")
    own_darkroom.start(MODEL_REPOSITORY=str(folder.parent))
    ada = own_darkroom.person("ada")
    first = ada.upload(*photos, model="brightness")

    def waiting() -> list[dict[str, Any]]:
        images = ada.get(f"/api/uploads/{first['id']}/")["images"]
        return [one["prediction"] for one in images if one["prediction"]["waiting"]]

    until(lambda: len(waiting()) == 2, "both are told why they wait")
    why = {
        "code": "model_unavailable",
        "message": "The model 'brightness' can't be started right now.",
    }
    told = [(one["state"], one["failures"], one["waiting"]) for one in waiting()]
    assert told == [("queued", 0, why)] * 2
    model = ada.get("/api/models/brightness/")
    assert (model["state"], model["refusal"]) == ("UNAVAILABLE", why)
    answer = sent(ada, photos[0])
    assert (answer.status_code, answer.json()) == (503, why)
    assert "Retry-After" in answer.headers
    assert ada.http.get("/v2/models/brightness/ready").status_code == 503
    assert ada.http.post("/v2/models/brightness/infer", json=INFER).status_code == 503

    (folder / "1" / ".installed").touch()
    assert ada.finished(first, seconds=100)["counts"]["succeeded"] == 2
    assert ada.http.get("/v2/models/brightness/ready").status_code == 200

    own_darkroom.stop()
    own_darkroom.start(MODEL_REPOSITORY=str(other))
    ada = Person(own_darkroom.url, "ada")
    gone = "No worker that runs now has the model 'brightness'."
    until(lambda: ada.get("/api/models/brightness/")["refusal"], "it is told to be gone", 20)
    answer = sent(ada, photos[0])
    assert (answer.status_code, answer.json()["message"]) == (503, gone)
