"""What the headers of a part of multipart/form-data may be."""

import base64
from hashlib import sha256
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import CLOSING, file, multipart, refused, sent
from tests.photos import photo, tiny
from uploads.models import Image, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_incoming_file_is_left")]

PLAIN = b'form-data; name="images"; filename="a.png"'


def beside_a_good_file(header: bytes) -> bytes:
    """Two files, the second of which has this instead of a plain Content-Disposition."""
    good, other = multipart(file(tiny(1), "good.png")), multipart(file(tiny(2)))
    return good.removesuffix(CLOSING) + other.replace(PLAIN, header)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"form-data; name=\"images\"; filename*=nonsense''a.png", "a.png"),
        (b"form-data; name=\"images\"; filename*=hex''%ff", "\xff"),
        (b"form-data; name=\"images\"; filename*=utf-16''a", "a"),
        (b"form-data; name=\"images\"; filename*=utf-8''%EC%82%AC.png", "\uc0ac.png"),
        (b'form-data; name="images"; filename="caf\xe9.jpg"', "caf\xe9.jpg"),
        (
            'form-data; name="images"; filename="\uc0ac\uc9c4.png"'.encode("euc-kr"),
            "\uc0ac\uc9c4.png",
        ),
        (b'form-data;\r\n name="images";\r\n\tfilename="a.png"', "a.png"),
        (b'FORM-DATA; NAME="images"; FILENAME="a.png"', "a.png"),
        (b"form-data; name=images; filename=a.png", "a.png"),
        (PLAIN + b"\r\nContent-Type: image/png; charset=hex", "a.png"),
        (PLAIN + b"\r\nContent-Transfer-Encoding: binary", "a.png"),
        (PLAIN + b"\r\nX: " + b"x" * 2000, "a.png"),
    ],
)
def test_a_file_with_a_strange_header_is_stored_with_the_rest(
    as_ada: APIClient, header: bytes, name: str
) -> None:
    answer = sent(as_ada, beside_a_good_file(header))
    assert answer.status_code == 202, answer.content
    assert [image["name"] for image in answer.json()["images"]] == ["good.png", name]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b'form-data; filename="a.png"', "no name"),
        (b'form-data; name=""; filename="a.png"', "no name"),
        (b"form-data", "no name"),
        (b'attachment; name="images"; filename="a.png"', "Wrong type"),
        (b'form-data; name="images"; filename="a.png', "cannot be read"),
        (b'form-data; name="images"; filename="a.png"; filename="b.png"', "filename twice"),
        (b'form-data; name="\xff"; filename="a.png"', "not UTF-8"),
        (PLAIN + b"\r\nContent-Disposition: " + PLAIN, "two headers"),
        (PLAIN + b"\r\nContent-Length: -5", "Content-Length"),
        (PLAIN + b"\r\nContent-Length: 5", "Content-Length"),
        (PLAIN + b"\r\nContent-Transfer-Encoding: quoted-printable", "only base64"),
        (PLAIN + b"\r\nContent-Transfer-Encoding: base64", "not base64"),
        (PLAIN + b"\r\nnonsense", "header"),
        (PLAIN + b"\r\nX: " + b"x" * 9000, "header"),
        (PLAIN + b"\r\nX: x" * 20, "header"),
    ],
)
def test_a_part_that_cannot_be_understood_refuses_the_request_and_is_named(
    as_ada: APIClient, header: bytes, why: str
) -> None:
    body = refused(sent(as_ada, beside_a_good_file(header)), 400, "malformed")
    assert [fault["position"] for fault in body["errors"]] == [1]
    assert body["message"].startswith("Part 2 of the body cannot be read: ")
    assert why in body["message"]
    assert not Upload.objects.exists()


def test_a_part_without_a_content_disposition_refuses_the_request(as_ada: APIClient) -> None:
    for gone in (b"Content-Disposition: " + PLAIN + b"\r\n", b"-Disposition"):
        body = multipart(file(), file(tiny(2))).replace(gone, b"", 1)
        assert refused(sent(as_ada, body), 400, "malformed")["errors"][0]["position"] == 0


def test_what_is_sent_in_base64_is_stored_as_it_was(as_ada: APIClient, media: Path) -> None:
    whole = base64.encodebytes(tiny(7)).replace(b"\n", b"\r\n")
    for content in (whole, base64.b64encode(photo("coffee"))):
        body = multipart(file(content)).replace(
            PLAIN, PLAIN + b"\r\nContent-Transfer-Encoding: BASE64"
        )
        assert sent(as_ada, body).status_code == 202
    hashes = set(Image.objects.values_list("sha256", flat=True))
    assert hashes == {sha256(one).hexdigest() for one in (tiny(7), photo("coffee"))}
