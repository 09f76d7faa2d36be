"""A model of a running Darkroom looks for the server's secrets."""

import json
from pathlib import Path

import pytest

from inference.engine import confinement
from tests.darkroom import Darkroom
from tests.folders import model_folder
from tests.photos import on_disk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not confinement.is_possible(), reason="this system has no Landlock"),
]

SECRET = "it-must-not-be-read"
LOOKS = f"""
import json, os
from pathlib import Path
from inference.engine.model import LabelsOutput


def content(path):
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


class Model:
    def __init__(self, context):
        pass

    def predict(self, requests):
        environments = [p for p in os.listdir("/proc") if p.isdecimal() and int(p) != os.getpid()]
        files = [f"/proc/{{pid}}/environ" for pid in environments]
        files += [str(path) for path in Path(DATA).rglob("*")] + [f"{{DATA}}/secret_key"]
        found = [path for path in files if content(path)]
        own = b"{SECRET}" in content("/proc/self/environ")
        return [LabelsOutput([(json.dumps([found, own]), 1.0)]) for _ in requests]
"""


def test_a_model_finds_no_key_no_database_and_no_environment(
    own_darkroom: Darkroom, tmp_path: Path
) -> None:
    data = own_darkroom.folder / "var"
    folder = model_folder(tmp_path / "models", "spy")
    (folder / "1" / "model.py").write_text(f"DATA = {str(data)!r}\n{LOOKS}")
    own_darkroom.start(
        MODEL_REPOSITORY=str(folder.parent), JWT_SIGNING_KEY=SECRET * 3, METRICS_TOKEN=SECRET
    )
    assert (data / "secret_key").read_text()
    ada = own_darkroom.person("ada")
    body = ada.finished(ada.upload(*on_disk(tmp_path / "photos", "astronaut"), model="spy"))
    (label,) = body["images"][0]["prediction"]["output"]["labels"]
    assert json.loads(label["label"]) == [[], False]
