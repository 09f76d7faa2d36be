"""Bodies at the real server: of any framing, and none that nobody wants."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.darkroom import Darkroom, Person
from tests.integration.rest import MULTIPART, file, multipart

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def eve(darkroom: Darkroom) -> Person:
    return darkroom.person("eve")


def in_pieces(body: bytes) -> Iterator[bytes]:
    """A body that httpx sends chunked."""
    for start in range(0, len(body), 50):
        yield body[start : start + 50]


def test_every_body_may_come_chunked(darkroom: Darkroom, eve: Person) -> None:
    uploaded = eve.http.post(
        "/api/uploads/",
        content=in_pieces(multipart(file(), file())),
        headers={"Content-Type": MULTIPART},
    )
    assert uploaded.status_code == 202
    images = uploaded.json()["images"]
    assert len(images) == 2
    as_json = {"Content-Type": "application/json"}
    further = eve.http.post(
        images[0]["predictions"], content=in_pieces(b'{"model": "ocr"}'), headers=as_json
    )
    assert further.status_code == 202
    names = json.dumps({"username": "eve", "password": "enlarger-42"}).encode()
    signed_in = httpx.post(f"{darkroom.url}/api/token/", content=in_pieces(names), headers=as_json)
    assert signed_in.status_code == 200


def test_nobody_is_asked_for_a_body_without_a_token(darkroom: Darkroom) -> None:
    address = urlsplit(darkroom.url)
    assert address.port is not None
    with socket.create_connection((address.hostname or "", address.port), timeout=20) as one:
        one.sendall(
            b"POST /api/uploads/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\nExpect: 100-continue\r\n\r\n"
        )
        answer = one.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 401 ")


def test_a_photo_sent_to_an_address_without_its_slash_arrives(eve: Person) -> None:
    answer = eve.http.post(
        "/api/uploads",
        content=multipart(file()),
        headers={"Content-Type": MULTIPART},
        follow_redirects=True,
    )
    assert answer.status_code == 202
