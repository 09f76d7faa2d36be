"""Finding the server that `make run` has started from the same checkout."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from client.server import DEFAULT_URL, LOCK_FILE, running_server
from project.env import ROOT, Env
from project.up.lock import Lock


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / LOCK_FILE).parent.mkdir()
    return tmp_path


def test_the_address_is_the_one_that_up_writes_down(checkout: Path) -> None:
    with Lock(checkout / LOCK_FILE) as lock:
        assert running_server(checkout) == DEFAULT_URL
        lock.publish("http://127.0.0.1:8123")
        assert running_server(checkout) == "http://127.0.0.1:8123"
    assert running_server(checkout) == DEFAULT_URL


def test_up_writes_where_the_client_looks() -> None:
    assert Env.model_fields["data_dir"].default / "up.lock" == ROOT / LOCK_FILE


def test_a_server_that_was_killed_is_not_believed_in(checkout: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    content = {"pid": dead.pid, "address": "http://127.0.0.1:8123"}
    (checkout / LOCK_FILE).write_text(json.dumps(content))

    assert running_server(checkout) == DEFAULT_URL


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b'{"pid": "x", "address": "y"}', b"\xff"])
def test_a_file_of_another_form_is_passed_over(checkout: Path, content: bytes) -> None:
    (checkout / LOCK_FILE).write_bytes(content)

    assert running_server(checkout) == DEFAULT_URL
