"""A Darkroom of its own for measuring: real processes, an own folder, a small model."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import grpc
import psutil

from benchmarks.network import DOMINANT, SMALL, write_model
from benchmarks.results import ROOT
from benchmarks.statistics import Figures
from benchmarks.usage import Processes
from inference.oip.messages import SERVICE, message
from tests.darkroom import Darkroom, Person, until
from tests.pgserver import postgres

FOLDER: Final = Path(__file__).resolve().parents[1] / "var" / "benchmarks"
TOKEN_SECONDS: Final = 300
"""How old an access token may be; the server's live 15 minutes."""


class Account:
    """A signed-in person whose token is always fresh."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._renewed = time.monotonic()

    def token(self) -> str:
        """An access token that is valid for minutes to come."""
        if time.monotonic() - self._renewed > TOKEN_SECONDS:
            refresh = {"refresh": self.person.tokens["refresh"]}
            answer = self.person.http.post("/api/token/refresh/", json=refresh)
            self.person.tokens = answer.raise_for_status().json()
            self.person.http.headers["Authorization"] = f"Bearer {self.person.tokens['access']}"
            self._renewed = time.monotonic()
        return self.person.tokens["access"]

    def header(self) -> bytes:
        """The token as a line of a request's head."""
        return f"Authorization: Bearer {self.token()}\r\n".encode()


class Served:
    """A running Darkroom: where it is, what it uses, who is signed in."""

    def __init__(
        self,
        darkroom: Darkroom,
        grpc_port: int,
        oip_port: int,
        database: "Database",
        start_seconds: float,
    ) -> None:
        self.darkroom = darkroom
        self.database = database
        self.start_seconds = start_seconds
        self.name = f"darkroom {database.kind}"
        self.url = darkroom.url
        parts = urlsplit(self.url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.grpc_address = f"127.0.0.1:{grpc_port}"
        self.oip_port = oip_port
        self.account = Account(darkroom.person("benchmark"))
        assert darkroom.process is not None  # noqa: S101  # it has been started
        self.processes = Processes(darkroom.process.pid, *database.pids)

    def wait_until_loaded(self, model: str) -> None:
        """Waits until the model is ready to compute.

        Asked is the worker by gRPC: who serves photos alone has not imported any `/v2`.
        """
        request = message("ModelReadyRequest")(name=model)
        with grpc.insecure_channel(self.grpc_address) as channel:
            ask = channel.unary_unary(
                f"/{SERVICE}/ModelReady",
                request_serializer=lambda one: one.SerializeToString(),
                response_deserializer=message("ModelReadyResponse").FromString,
            )
            metadata = (("authorization", f"Bearer {self.account.token()}"),)
            until(lambda: ask(request, metadata=metadata).ready, f"{model} ready", 120)

    def inside(self, *arguments: str) -> Figures:
        """What `benchmarks.inside` tells, which is done on its database while it is stopped."""
        environment = {
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "DATA_DIR": str(self.darkroom.folder / "var"),
            "MEDIA_ROOT": str(self.darkroom.folder / "media"),
            "DATABASE_URL": self.database.url,
        }
        done = subprocess.run(  # noqa: S603  # the command is ours
            [sys.executable, "-m", "benchmarks.inside", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},  # noqa: TID251
            stdout=subprocess.PIPE,
            check=True,
        )
        told: Figures = json.loads(done.stdout)
        return told


class Database:
    """Where the rows are: SQLite in the data folder, or a PostgreSQL started for this run."""

    def __init__(self, kind: str, stack: ExitStack) -> None:
        self.kind = kind
        self.url = ""
        self.pids: list[int] = []
        if kind == "postgres":
            before = set(psutil.pids())
            self.url = stack.enter_context(postgres())
            self.pids = [pid for pid in _postmasters() if pid not in before]


def _postmasters() -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or [""]
        if Path(command[0]).name == "postgres" and "-D" in command:
            found.append(process.pid)
    return found


@cache
def _data() -> Path:
    """A folder for all data of this run: what one Darkroom has collected, the next one links to."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=FOLDER))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def served(
    database: str = "sqlite", *, preload: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """A Darkroom with both networks on `sqlite` or `postgres`; gone afterwards.

    With `preload` the small network is loaded with the worker, and waited for; `settings` are
    those of the environment.
    """
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=f"{database}-", dir=_data()))
        rows = Database(database, stack)
        darkroom = Darkroom(folder)
        darkroom.database_url = rows.url
        write_model(folder / "models", SMALL, preload=preload)
        write_model(folder / "models", DOMINANT, preload=False)
        stack.callback(shutil.rmtree, folder / "media", ignore_errors=True)
        stack.callback(darkroom.stop)
        found = start(darkroom, rows, **(settings or {}))
        if preload:
            found.wait_until_loaded(SMALL.name)
        yield found


def start(darkroom: Darkroom, database: Database, **settings: str) -> Served:
    """Starts it, also again after a stop, and waits until it says that it is running."""
    grpc_port, oip_port = free_port(), free_port()
    began = time.monotonic()
    darkroom.start(
        MODEL_REPOSITORY=str(darkroom.folder / "models"),
        DEFAULT_MODEL=SMALL.name,
        GRPC_PORT=str(grpc_port),
        OIP_HTTP_PORT=str(oip_port),
        **settings,
    )
    return Served(darkroom, grpc_port, oip_port, database, time.monotonic() - began)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
