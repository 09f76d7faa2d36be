"""An operator drops a model in, loads and unloads it, while people use the server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.darkroom import ROOT, Darkroom
from tests.folders import model_folder
from tests.photos import on_disk

pytestmark = pytest.mark.slow

BRIGHTNESS = """
from inference.engine.model import LabelsOutput


class Model:
    def __init__(self, context):
        pass

    def predict(self, requests):
        return [LabelsOutput([("%s", 0.5)]) for request in requests]
"""


def models(darkroom: Darkroom, *args: str) -> subprocess.CompletedProcess[str]:
    """`manage.py models` beside the running server, in a shell of its own."""
    environment = {
        **os.environ,  # noqa: TID251
        "DATA_DIR": str(darkroom.folder / "var"),
        "DATABASE_URL": darkroom.database_url,
    }
    command = [sys.executable, "manage.py", "models", *args]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


def test_a_model_is_dropped_in_changed_and_taken_away_while_darkroom_runs(
    own_darkroom: Darkroom, tmp_path: Path
) -> None:
    repository = tmp_path / "models"
    repository.mkdir()
    own_darkroom.start(MODEL_REPOSITORY=str(repository), WORKERS="2")
    ada = own_darkroom.person("ada")
    photos = on_disk(tmp_path / "photos", "astronaut")
    folder = model_folder(repository, "brightness")
    for label in ("dark", "light"):
        (folder / "1" / "model.py").write_text(BRIGHTNESS % label)
        done = models(own_darkroom, "load", "brightness")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[1].split()[:3] == ["brightness", "1", "READY"]
        body = ada.finished(ada.upload(*photos, model="brightness"))
        assert body["images"][0]["prediction"]["output"]["labels"][0]["label"] == label

    (folder / "model.toml").write_text("backend = 'abacus'")
    done = models(own_darkroom, "load", "brightness")
    assert (done.returncode, "model.toml: backend" in done.stderr) == (1, True)
    body = ada.finished(ada.upload(*photos, model="brightness"))
    assert body["counts"]["succeeded"] == 1

    assert models(own_darkroom, "unload", "brightness").returncode == 0
    answer = ada.http.post(
        "/api/uploads/",
        files=[("images", (photos[0].name, photos[0].read_bytes()))],
        data={"model": "brightness"},
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "model_unavailable")
    assert ada.get("/api/models/brightness/")["desired_state"] == "unloaded"
