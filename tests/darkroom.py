"""A real Darkroom for tests: `manage.py up` in a folder of its own, and a person who uses it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.prepared import prepare

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


def until(fact: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Waits for a fact and gives it; fails when it does not come true.

    It looks again after a tenth of the time that it has waited: to be asked, too, costs a server.
    """
    began = time.monotonic()
    while (waited := time.monotonic() - began) < seconds:
        if found := fact():
            return found
        time.sleep(min(max(0.02, waited / 10), 0.25))
    raise AssertionError(f"It did not come true within {seconds} s: {what}.")


def _is(process: psutil.Process, pattern: str) -> bool:
    """Whether it lives, under a command line that matches."""
    try:
        command = "".join(f"{word} " for word in process.cmdline())
        return process.is_running() and bool(re.search(pattern, command))
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


class Darkroom:
    """The processes of one `manage.py up`, with their data in `folder`."""

    def __init__(self, folder: Path, *, database_url: str = "", prepared: bool = True) -> None:
        """On SQLite, or on a database of PostgreSQL.

        `prepared`: SQLite's tables and the static files are there at its first start, and
        passwords are hashed in no time.
        """
        self.folder = folder
        self._prepared = prepared
        self.log = folder / "up.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.database_url = database_url
        self._seen: set[psutil.Process] = set()

    def start(self, **environment: str) -> None:
        """Starts it and waits until it says that it is running."""
        if self._prepared:
            prepare(self.folder / "var", with_database=not self.database_url)
            environment = {"DJANGO_SETTINGS_MODULE": "tests.quick_settings", **environment}
        keep = {k: v for k, v in os.environ.items() if k not in {"PORT", "HOST"}}  # noqa: TID251
        with self.log.open("ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={
                    **keep,
                    "DATA_DIR": str(self.folder / "var"),
                    "MEDIA_ROOT": str(self.folder / "media"),
                    "PORT": "0",
                    "REGISTRATION_OPEN": "1",
                    "GRPC_PORT": "0",
                    "OIP_HTTP_PORT": "0",
                    "METRICS_PORT": "0",
                    "PRELOAD_MODELS": "none",
                    "DATABASE_URL": self.database_url,
                    **environment,
                },
            )
        banner = re.compile(r"is running at (http://\S+)")

        def address() -> str | None:
            assert self.process is not None
            text = self.log.read_bytes()[begin:].decode()
            assert self.process.poll() is None, text
            found = banner.search(text)
            return found and found[1]

        try:
            self.url = until(address, "the banner", START_SECONDS)
        except AssertionError:
            # No fixture stops what did not start.
            self.stop()
            raise

    def stop(self, seconds: float = 40) -> int:
        """Stops it as Ctrl-C does and gives its exit status."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def manage(self, *words: str) -> None:
        """Gives a command of `manage.py`, as its operator does."""
        data = {"DATA_DIR": str(self.folder / "var"), "DATABASE_URL": self.database_url}
        subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env={**os.environ, **data},  # noqa: TID251
            check=True,
            capture_output=True,
        )

    def pids(self, pattern: str) -> list[int]:
        """Processes of this Darkroom whose command line matches `pattern`.

        They are those below the supervisor, also after its death if they were seen before it: what
        is in their environment they hide.
        """
        if self.process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                supervisor = psutil.Process(self.process.pid)
                self._seen.update([supervisor, *supervisor.children(recursive=True)])
        return sorted(one.pid for one in self._seen if _is(one, pattern))

    def person(self, name: str) -> "Person":
        """Registers somebody and signs them in."""
        return Person(self.url, name)


class Person:
    """A signed-in user with nothing but HTTP."""

    def __init__(self, url: str, name: str, password: str = "enlarger-42") -> None:
        self.http = httpx.Client(base_url=url, timeout=70)
        self.http.post("/api/users/", json={"username": name, "password": password})
        answer = self.http.post("/api/token/", json={"username": name, "password": password})
        answer.raise_for_status()
        self.tokens: dict[str, str] = answer.json()
        self.http.headers["Authorization"] = f"Bearer {self.tokens['access']}"

    def upload(self, *photos: Path, **fields: str) -> dict[str, Any]:
        """Uploads photos and gives the answer's body."""
        files = [("images", (photo.name, photo.read_bytes())) for photo in photos]
        answer = self.http.post("/api/uploads/", files=files, data=fields)
        assert answer.status_code == 202, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """The body of a successful GET."""
        # An empty mapping would strip the address of its own query.
        answer = self.http.get(path, params=params or None)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def finished(self, upload: dict[str, Any], seconds: float = 180) -> dict[str, Any]:
        """The upload once all its predictions have ended."""

        def ended() -> dict[str, Any] | None:
            body = self.get(f"/api/uploads/{upload['id']}/", wait=10)
            unfinished = body["counts"]["queued"] + body["counts"]["running"]
            return None if unfinished else body

        done: dict[str, Any] = until(ended, f"upload {upload['id']} ended", seconds)
        return done
