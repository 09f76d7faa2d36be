"""An operator drops models in, loads and unloads them; one of them looks for secrets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.engine import confinement
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


SECRET = "it-must-not-be-read"
LOOKS = f"""
import json, os, socket
from pathlib import Path
from inference.engine.model import LabelsOutput


def reaches(family, address):
    try:
        with socket.socket(family) as one:
            one.connect(address)
        return True
    except OSError:
        return False


def ends(pid):
    try:
        os.kill(pid, 0)
        return True
    except OSError:
        return False


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
        found += [pid for pid in environments if ends(int(pid))]
        listening = [row.split() for row in open("/proc/net/tcp") if row.split()[3] == "0A"]
        ports = [int(row[1].partition(":")[2], 16) for row in listening]
        found += [port for port in ports if reaches(socket.AF_INET, ("127.0.0.1", port))]
        named = [row.split()[7] for row in open("/proc/net/unix") if "redis" in row]
        found += [path for path in named if reaches(socket.AF_UNIX, path)]
        found += [] if ports and named else ["nothing to try"]
        own = b"{SECRET}" in content("/proc/self/environ")
        return [LabelsOutput([(json.dumps([found, own]), 1.0)]) for _ in requests]
"""


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Darkroom]:
    """Two workers, a repository that may be written to, and secrets that a model looks for."""
    darkroom = Darkroom(tmp_path_factory.mktemp("operated"))
    repository = darkroom.folder / "models"
    spy = model_folder(repository, "spy") / "1" / "model.py"
    spy.write_text(f"DATA = {str(darkroom.folder / 'var')!r}\n{LOOKS}")
    darkroom.start(
        MODEL_REPOSITORY=str(repository),
        WORKERS="2",
        JWT_SIGNING_KEY=SECRET * 3,
        METRICS_TOKEN=SECRET,
    )
    yield darkroom
    darkroom.stop()


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
    operated: Darkroom, tmp_path: Path
) -> None:
    ada = operated.person("ada")
    photos = on_disk(tmp_path / "photos", "astronaut")
    folder = model_folder(operated.folder / "models", "brightness")
    for label in ("dark", "light"):
        (folder / "1" / "model.py").write_text(BRIGHTNESS % label)
        done = models(operated, "load", "brightness")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[1].split()[:3] == ["brightness", "1", "READY"]
        body = ada.finished(ada.upload(*photos, model="brightness"))
        assert body["images"][0]["prediction"]["output"]["labels"][0]["label"] == label

    (folder / "model.toml").write_text("backend = 'abacus'")
    done = models(operated, "load", "brightness")
    assert (done.returncode, "model.toml: backend" in done.stderr) == (1, True)
    body = ada.finished(ada.upload(*photos, model="brightness"))
    assert body["counts"]["succeeded"] == 1

    assert models(operated, "unload", "brightness").returncode == 0
    answer = ada.http.post(
        "/api/uploads/",
        files=[("images", (photos[0].name, photos[0].read_bytes()))],
        data={"model": "brightness"},
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "model_unavailable")
    assert ada.get("/api/models/brightness/")["desired_state"] == "unloaded"


@pytest.mark.skipif(bool(confinement.lacks()), reason=str(confinement.lacks()))
def test_a_model_finds_no_key_no_database_no_environment_and_no_network(
    operated: Darkroom, tmp_path: Path
) -> None:
    assert (operated.folder / "var" / "secret_key").read_text()
    eve = operated.person("eve")
    body = eve.finished(eve.upload(*on_disk(tmp_path / "photos", "astronaut"), model="spy"))
    (label,) = body["images"][0]["prediction"]["output"]["labels"]
    assert json.loads(label["label"]) == [[], False]
