"""Bodies: judged by their heads, held on the disk within a budget, so many for one address."""

import socket
from pathlib import Path

import httpx
import pytest

from tests.unit.up.raw_requests import CHUNKED, Start, admitted, body_of, head
from tests.unit.up.toys import ToyServer, read_all

ELSEWHERE = b"X-Forwarded-For: 9.9.9.9"


def until_held(server: ToyServer) -> socket.socket:
    """A connection whose request the application holds."""
    connection = server.connect()
    connection.sendall(head("/hold", b"Content-Length: 3") + b"abc")
    server.lines.until("held")
    return connection


# By the head


def test_what_is_not_wanted_is_refused_before_its_body_is_asked_for(toy_server: Start) -> None:
    answer = toy_server().talk(head("/closed", b"Expect: 100-continue", b"Content-Length: 9999"))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"100 Continue" not in answer
    assert body_of(answer) == {"code": "closed", "message": "127.0.0.1 is not let in."}


def test_what_is_wanted_is_asked_for_after_it_was_judged(toy_server: Start) -> None:
    with admitted(toy_server(), "/x", 5) as connection:
        connection.sendall(b"hello")
        assert body_of(read_all(connection)) == {"received": 5}


def test_a_body_that_comes_with_its_head_is_kept_until_the_head_is_judged(
    toy_server: Start,
) -> None:
    server = toy_server(uploads=10_000_000)
    content = b"x" * 5_000_000
    sent = head("/api/uploads/", f"Content-Length: {len(content)}".encode(), b"Connection: close")
    assert body_of(server.talk(sent + content)) == {"received": 5_000_000}


def test_nothing_of_an_unwanted_body_reaches_the_disk(toy_server: Start, tmp_path: Path) -> None:
    server = toy_server(spool=str(tmp_path / "spool"))
    sent = head("/closed", b"Content-Length: 900000") + b"x" * 900_000
    assert server.talk(sent).startswith(b"HTTP/1.1 401 ")
    assert not (tmp_path / "spool").exists()


# The disk


def test_bodies_beyond_the_budget_are_told_to_come_again(toy_server: Start) -> None:
    server = toy_server(uploads=400_000, incoming_bytes=300_000, trusted_proxies=1)
    with admitted(server, "/api/uploads/", 350_000) as first:
        declared = server.talk(head("/api/uploads/", ELSEWHERE, b"Content-Length: 99999"))
        chunked = server.talk(
            head("/api/uploads/", ELSEWHERE, CHUNKED) + b"1d4c0\r\n" + b"x" * 120_000
        )
        # What needs no disk needs no room: people may still sign in.
        assert httpx.post(f"{server.url}/x", content=b"x" * 9999).json() == {"received": 9999}
        first.sendall(b"x" * 350_000)
        assert body_of(read_all(first)) == {"received": 350_000}
    for answer in (declared, chunked):
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 5\r\n" in answer
        assert body_of(answer)["code"] == "busy"
    # What was held is free again.
    assert httpx.post(f"{server.url}/api/uploads/", content=b"x" * 350_000).status_code == 200


def test_what_one_address_announces_leaves_room_for_others(toy_server: Start) -> None:
    server = toy_server(uploads=400_000, incoming_bytes=1_000_000, trusted_proxies=1)
    length = b"Content-Length: 350000"
    with admitted(server, "/api/uploads/", 350_000):
        declared = server.talk(head("/api/uploads/", length))
        chunked = server.talk(
            head("/api/uploads/", CHUNKED) + b"".join(3 * [b"1d4c0\r\n" + b"x" * 120_000 + b"\r\n"])
        )
        for answer in (declared, chunked):
            assert answer.startswith(b"HTTP/1.1 429 ")
            assert b"\r\nRetry-After: 5\r\n" in answer
            assert body_of(answer)["code"] == "too_many_requests"
        other = server.talk(
            head("/api/uploads/", ELSEWHERE, length, b"Connection: close") + b"x" * 350_000
        )
        assert body_of(other) == {"received": 350_000}


def test_what_a_client_leaves_behind_is_given_back(toy_server: Start) -> None:
    server = toy_server(uploads=400_000, incoming_bytes=300_000)
    with server.connect() as broken_off:
        broken_off.sendall(head("/api/uploads/", b"Content-Length: 350000") + b"x" * 250_000)
    until_held(server).close()
    server.lines.until("left")
    assert httpx.post(f"{server.url}/api/uploads/", content=b"x" * 350_000).status_code == 200


@pytest.mark.parametrize("kind", ["full", "missing"])
def test_a_disk_that_takes_no_body_is_no_fault_of_the_server(
    toy_server: Start, tmp_path: Path, kind: str
) -> None:
    if kind == "full":
        server = toy_server(spool=str(tmp_path), largest_file=100_000)
    else:
        (tmp_path / "spool").write_text("a file where the folder should be")
        server = toy_server(spool=str(tmp_path / "spool"))
    answer = server.talk(head("/api/uploads/", b"Content-Length: 200000") + b"x" * 200_000)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: 5\r\n" in answer
    assert body_of(answer)["code"] == "storage_unavailable"
    assert httpx.post(f"{server.url}/x", content=b"small").json() == {"received": 5}


# One address


def test_an_address_sends_so_many_bodies_at_a_time(toy_server: Start) -> None:
    server = toy_server(bodies=2)
    arriving = [admitted(server, "/x", 5) for _ in range(2)]
    answer = server.talk(head("/x", b"Content-Length: 5") + b"hello")
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert body_of(answer)["code"] == "too_many_requests"
    for connection in arriving:
        with connection:
            connection.sendall(b"hello")
            assert body_of(read_all(connection)) == {"received": 5}
    assert httpx.post(f"{server.url}/x", content=b"hello").json() == {"received": 5}


def test_behind_a_proxy_it_is_the_clients_requests_that_count(toy_server: Start) -> None:
    server = toy_server(connections=1, trusted_proxies=1)
    with server.connect() as connection:
        request = "POST /hold HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n"
        connection.sendall(request.encode())
        server.lines.until("held")
        same = httpx.get(server.url, headers={"X-Forwarded-For": "9.9.9.9"})
        other = httpx.get(server.url, headers={"X-Forwarded-For": "8.8.8.8"})
    assert (same.status_code, other.status_code) == (429, 200)
    server.lines.until("left")
    with httpx.Client(headers={"X-Forwarded-For": "9.9.9.9"}) as client:
        assert [client.get(server.url).status_code for _ in range(3)] == [200, 200, 200]
