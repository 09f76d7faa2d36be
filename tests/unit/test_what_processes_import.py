"""What a process that stays has not imported: each of these would stay with it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

START = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
from project.optional_imports import decline
decline(COMMAND)
import django
django.setup()
"""
WEB = """
import project.management.commands.web
import project.admission
import project.asgi
from django.urls import resolve
for path in ("/", "/api/uploads/", "/api/models/", "/readyz", "/metrics"):
    resolve(path)
"""
WORKER = """
from channels.layers import get_channel_layer
from consumers.management.commands.runworker import Command
Command().check(tags=Command.requires_system_checks)
get_channel_layer()
"""
COMMANDS = """
from consumers.management.commands import models
from uploads.management.commands import audit
for command in (models.Command(), audit.Command()):
    command.check(tags=command.requires_system_checks)
"""


def imported_by(source: str, folder: Path, command: str = "web") -> set[str]:
    """Every module and package that is there once `source` has run."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            f"COMMAND = {command!r}\n{START}{source}\n"
            "print(*(n for n, m in sys.modules.items() if m))",
        ],
        cwd=ROOT,
        env={"DATA_DIR": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(said.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("command", "source", "used", "unused"),
    [
        pytest.param(
            "web",
            WEB,
            {"daphne.server", "uploads.api.uploads"},
            {
                "numpy",
                "grpc",
                "google.protobuf",
                "unfold.admin",
                "uploads.admin",
                "consumers.worker",
            },
            id="web",
        ),
        pytest.param(
            "runworker",
            WORKER,
            {"consumers.worker.worker", "grpc.aio"},
            {
                *("daphne", "autobahn", "twisted", "uploads.api", "uploads.admin"),
                *("consumers.socket", "PIL", "numpy", "aiohttp"),
            },
            id="worker",
        ),
        pytest.param(
            "models",
            COMMANDS,
            {"uploads.audit", "consumers.control"},
            {"daphne", "autobahn", "uploads.api", "uploads.admin", "consumers.socket"},
            id="commands",
        ),
    ],
)
def test_a_process_imports_nothing_that_only_others_use(
    command: str, source: str, used: set[str], unused: set[str], tmp_path: Path
) -> None:
    imported = imported_by(source, tmp_path, command)
    assert used <= imported
    assert not unused & imported
    optional = {
        "rich",
        *("jinja2", "pygments", "h2", "cbor2"),
        *("requests", "opentelemetry"),
        "OpenSSL",
        "cryptography.x509",
        "cryptography.fernet",
        "psycopg",
    }
    assert not optional & imported


def test_who_opens_the_admin_does_not_import_the_protocol(tmp_path: Path) -> None:
    opened = "import project.asgi\nfrom django.urls import reverse\nreverse('admin:login')"
    imported = imported_by(opened, tmp_path)
    assert "unfold.admin" in imported
    assert not {"consumers.oip.urls", "numpy", "grpc"} & imported


def test_what_a_process_has_imported_is_not_searched_for_garbage() -> None:
    source = """
import gc
gc.disable()
from consumers.garbage import begin_collecting
began_with = len(gc.get_objects())
begin_collecting()
assert gc.isenabled()
assert len(gc.get_objects()) < began_with / 10
"""
    subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=True)
