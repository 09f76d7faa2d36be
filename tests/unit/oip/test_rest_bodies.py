"""What the REST endpoint reads of HTTP: how long the JSON is, and the body without its coding."""

import gzip
import zlib
from typing import Any

import pytest
from django.test import AsyncRequestFactory

from consumers.oip.requests import body_of, json_bytes_of
from inference.oip.errors import ProtocolError, Status
from inference.oip.rest_http import Refused

LIMIT = 1000


def asked(body: bytes = b"", **headers: str) -> Any:
    return AsyncRequestFactory().post(
        "/v2/models/adder/infer", body, content_type="application/json", headers=headers
    )


def of_length(text: str) -> Any:
    return asked(b"", **{"Inference-Header-Content-Length": text})


def test_without_a_length_the_body_is_all_json() -> None:
    assert json_bytes_of(asked()) is None
    assert json_bytes_of(of_length("0")) == 0
    assert json_bytes_of(of_length(" 17 ")) == 17


@pytest.mark.parametrize(
    "length",
    [
        "",
        "-1",
        "x",
        "1e3",
        "1.0",
        "9" * 30,
        "\N{SUPERSCRIPT TWO}",
        "\u0661".encode().decode("latin-1"),
    ],
)
def test_a_length_that_is_no_number_of_bytes_is_refused(length: str) -> None:
    with pytest.raises(ProtocolError, match="is not a number of bytes") as raised:
        json_bytes_of(of_length(length))
    assert raised.value.status is Status.INVALID_ARGUMENT


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies of at most `LIMIT` bytes are read."""
    monkeypatch.setattr("inference.oip.rest_http.MAX_REQUEST_BYTES", LIMIT)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", bytes(LIMIT)),
        ("identity", bytes(LIMIT)),
        ("gzip", gzip.compress(bytes(LIMIT), mtime=0)),
        ("deflate", zlib.compress(bytes(LIMIT))),
    ],
)
def test_a_body_of_the_largest_size_is_read_whole(coding: str, body: bytes) -> None:
    assert body_of(asked(body, **{"Content-Encoding": coding})) == bytes(LIMIT)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", bytes(LIMIT + 1)),
        ("gzip", gzip.compress(bytes(LIMIT + 1), mtime=0)),
        ("deflate", zlib.compress(bytes(LIMIT + 1))),
    ],
)
def test_a_body_beyond_the_limit_is_refused_however_small_it_came(coding: str, body: bytes) -> None:
    with pytest.raises(Refused) as raised:
        body_of(asked(body, **{"Content-Encoding": coding}))
    assert (raised.value.status, raised.value.message) == (
        413,
        f"A request may hold {LIMIT} bytes at most.",
    )


def test_an_unknown_coding_is_refused_with_those_that_are_served() -> None:
    with pytest.raises(Refused) as raised:
        body_of(asked(b"x", **{"Content-Encoding": "br"}))
    assert raised.value.status == 415
    assert raised.value.headers == {"Accept-Encoding": "gzip, deflate"}


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"x"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4]),
        ("deflate", b""),
        ("deflate", b"{}"),
    ],
)
def test_a_broken_coding_is_an_invalid_argument(coding: str, body: bytes) -> None:
    with pytest.raises(ProtocolError, match=coding) as raised:
        body_of(asked(body, **{"Content-Encoding": coding}))
    assert raised.value.status is Status.INVALID_ARGUMENT
