"""Bodies that are not what multipart/form-data should be."""

import base64
import random
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import (
    BOUNDARY,
    MULTIPART,
    Part,
    file,
    multipart,
    post,
    refused,
    uploaded,
)
from tests.photos import photo, tiny
from uploads.api.form import read
from uploads.errors import UploadsError
from uploads.models import Image, Upload

pytestmark = pytest.mark.django_db

MARK = f"--{BOUNDARY}\r\n".encode()
CLOSING = f"--{BOUNDARY}--\r\n".encode()


@pytest.fixture(autouse=True)
def _no_file_is_left(media: Path) -> object:
    yield
    assert not [path for path in (media / ".incoming").glob("*") if path.is_file()]


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"],
)
def test_a_body_without_a_boundary_is_malformed(as_ada: APIClient, content_type: str) -> None:
    answer = as_ada.post("/api/uploads/", multipart(file()), content_type=content_type)
    refused(answer, 400, "malformed")


@pytest.mark.parametrize(
    "content_type",
    [
        *("application/json", "text/plain", "application/x-www-form-urlencoded", "image/png"),
        *(f"multipart/*; boundary={BOUNDARY}", f"*/*; boundary={BOUNDARY}"),
    ],
)
def test_another_content_type_is_not_supported(as_ada: APIClient, content_type: str) -> None:
    answer = as_ada.post("/api/uploads/", multipart(file()), content_type=content_type)
    refusal = refused(answer, 415, "unsupported_media_type")
    assert refusal["message"] == "This Content-Type is not read here: send multipart/form-data."


def test_a_body_of_nothing_has_no_images(as_ada: APIClient) -> None:
    refused(as_ada.post("/api/uploads/", b"", content_type=MULTIPART), 400, "no_images")


def test_parts_where_no_file_was_chosen_have_an_end_too(as_ada: APIClient) -> None:
    nothing = Part("images", b"", name="", content_type="application/octet-stream")
    answer = as_ada.post("/api/uploads/", multipart(*[nothing] * 200), content_type=MULTIPART)
    refused(answer, 400, "no_images")
    answer = as_ada.post("/api/uploads/", multipart(*[nothing] * 201), content_type=MULTIPART)
    message = "Part 201 of the body cannot be read: a form has at most 200 parts."
    assert refused(answer, 400, "malformed")["message"] == message


def test_a_body_that_is_cut_off_is_refused_wherever_it_ends(as_ada: APIClient, media: Path) -> None:
    whole = multipart(file(tiny(1)), file(tiny(2)), Part("model", b"ocr"))
    for end in range(1, len(whole) - 3, 7):
        answer = as_ada.post("/api/uploads/", whole[:end], content_type=MULTIPART)
        refused(answer, 400, "malformed")
    assert not Upload.objects.exists()


def test_a_closing_boundary_is_seen_across_reads(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(photo("coffee")), file(photo("astronaut")))
    assert len(body["images"]) == 2


def test_a_text_in_the_place_of_a_file_is_refused(as_ada: APIClient) -> None:
    for field in ("images", "image0"):
        body = refused(post(as_ada, file(), Part(field, b"not a file")), 400, "invalid")
        assert [fault["field"] for fault in body["errors"]] == [field]


def test_a_file_in_an_unknown_field_is_refused(as_ada: APIClient) -> None:
    for field in ("photo", "image", "imagesx", "image-1", "model"):
        answer = post(as_ada, file(), file(field=field))
        body = refused(answer, 400, "unexpected_file")
        assert [fault["field"] for fault in body["errors"]] == [field]
    assert not Upload.objects.exists()


PLAIN = b'form-data; name="images"; filename="a.png"'


def sent(client: APIClient, body: bytes, content_type: str = MULTIPART) -> Any:
    return client.post("/api/uploads/", body, content_type=content_type)


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


@pytest.mark.parametrize(
    "content_type",
    [
        f"Multipart/Form-Data; boundary={BOUNDARY}",
        f'MULTIPART/FORM-DATA; BOUNDARY="{BOUNDARY}"',
        f'multipart/form-data;boundary="{BOUNDARY}"; charset=utf-8',
    ],
)
def test_the_content_type_is_read_in_any_case_and_quoted(
    as_ada: APIClient, content_type: str
) -> None:
    assert sent(as_ada, multipart(file()), content_type).status_code == 202


def test_what_stands_around_the_parts_is_no_part(as_ada: APIClient) -> None:
    body = b"This is a multi-part message.\r\n" + multipart(file(), file()) + b"\r\nGoodbye."
    assert len(sent(as_ada, body).json()["images"]) == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (multipart(file()).replace(b"\r\n", b"\n"), "lines end in LF"),
        (multipart(file()) + multipart(file(tiny(2))), "boundaries behind its end"),
        (multipart(file()) + multipart(file(tiny(2))).replace(b"\r\n", b"\n"), "behind its end"),
        (multipart(file())[len(MARK) :], "stands before its first boundary"),
        (multipart(file())[len(MARK) :] + multipart(file()), "stands before its first boundary"),
        (b"images=a.png", "not at its beginning"),
        (
            multipart(file()).replace(BOUNDARY.encode(), b"other"),
            "not at its beginning",
        ),
    ],
)
def test_parts_outside_of_the_boundaries_are_not_passed_over(
    as_ada: APIClient, body: bytes, why: str
) -> None:
    assert why in refused(sent(as_ada, body), 400, "malformed")["message"]


def test_a_part_between_lines_of_lf_is_not_taken_for_the_end_of_the_last(as_ada: APIClient) -> None:
    first, second = multipart(file(tiny(1))), multipart(file(tiny(2)))
    body = first.removesuffix(b"\r\n" + CLOSING) + b"\n" + second.replace(b"\r\n", b"\n", 3)
    assert "without CRLF" in refused(sent(as_ada, body), 400, "malformed")["message"]


def test_a_part_whose_boundary_begins_no_line_is_not_taken_for_the_last_ones_content(
    as_ada: APIClient,
) -> None:
    first, second = multipart(file(tiny(1))), multipart(file(tiny(2)))
    body = first.removesuffix(b"\r\n" + CLOSING) + second
    assert "without CRLF" in refused(sent(as_ada, body), 400, "malformed")["message"]
    # What is short may well be content.
    short = multipart(file(tiny(1) + b"--x")).replace(BOUNDARY.encode(), b"x")
    assert sent(as_ada, short, "multipart/form-data; boundary=x").status_code == 202


def test_every_part_is_used_or_refused(as_ada: APIClient) -> None:
    for part, code, field in (
        (Part("title", b"holiday"), "unknown_field", "title"),
        (Part("title", b""), "unknown_field", "title"),
        (Part("Images", b"x"), "unknown_field", "Images"),
        (Part("images", b"x"), "invalid", "images"),
        (Part("image3", b"x"), "invalid", "image3"),
        (file(field="title"), "unexpected_file", "title"),
        (file(field="params"), "unexpected_file", "params"),
        (Part("image_type", "\u00e9".encode("latin-1")), "invalid", "image_type"),
        (Part("image_type", b"x" * 70_000), "too_large", "image_type"),
    ):
        answer = post(as_ada, file(), part)
        body = refused(answer, 413 if code == "too_large" else 400, code)
        assert [fault["field"] for fault in body["errors"]] == [field]
    assert not Upload.objects.exists()


def test_a_field_that_is_sent_twice_is_refused(as_ada: APIClient) -> None:
    for field in ("model", "model_version", "params", "image_type"):
        body = refused(post(as_ada, file(), Part(field, b""), Part(field, b"1")), 400, "invalid")
        assert [fault["field"] for fault in body["errors"]] == [field]


def test_where_no_file_was_chosen_nothing_was_sent(as_ada: APIClient) -> None:
    body = uploaded(
        as_ada, file(b"", ""), file(), file(b"", "", field="image1"), Part("images", b"")
    )
    assert len(body["images"]) == 1


def test_a_file_without_a_name_is_refused_and_not_passed_over(as_ada: APIClient) -> None:
    body = refused(post(as_ada, file(), file(tiny(2), "")), 400, "invalid_name")
    assert [fault["position"] for fault in body["errors"]] == [1]


def test_a_form_of_very_many_texts_is_refused(as_ada: APIClient) -> None:
    refused(post(as_ada, file(), *[Part("images", b"")] * 101), 400, "malformed")


def test_more_files_than_an_upload_may_hold_are_refused(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_IMAGES_PER_UPLOAD = 3
    assert len(uploaded(as_ada, *[file()] * 3)["images"]) == 3
    refused(post(as_ada, *[file()] * 4), 400, "too_many_images")


@pytest.mark.parametrize("size", [1, 7, 100, 65_535, 65_536, 65_537, 131_000])
def test_files_of_any_length_arrive_as_they_were(size: int, media: Path) -> None:
    contents = [b"\r\n--" * (size // 4), (f"\r\n--{BOUNDARY}"[:-1] * size).encode()[:size], b"\r"]
    form = read(BytesIO(multipart(*map(file, contents))), BOUNDARY)
    assert [one.read() for _, one in form.files if not one.seek(0)] == contents
    for _, one in form.files:
        one.close()


def test_the_body_is_utf8_whatever_charset_its_sender_claims(as_ada: APIClient) -> None:
    for charset in ("utf-16", "nonsense", "idna"):
        content_type = f"{MULTIPART}; charset={charset}"
        body = multipart(Part("image_type", "한국어".encode()), file())
        answer = as_ada.post("/api/uploads/?wait=0", body, content_type=content_type)
        assert answer.json()["images"][0]["image_type"] == "한국어"


SPLICES = [
    *(b"\r\n", b"\n", b"\r", b"--", b'"', b";", b"=", b"\\", b": ", b"\0", b"\xff", b" ", b"*="),
    *(MARK, CLOSING, b"\r\n" + MARK, b"name", b"filename*=utf-8''%ff"),
]


def test_any_body_is_a_form_or_a_refusal_and_leaves_no_file(media: Path) -> None:
    whole = multipart(file(tiny(1)), Part("model", b"ocr"), file(tiny(2), 'say "hi".png'))
    refusals, forms = [], 0
    for _ in range(2000):
        body = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            start = random.randrange(len(body))
            body[start : start + random.randint(0, 6)] = random.choice([b"", *SPLICES])
        try:
            form = read(BytesIO(bytes(body)), BOUNDARY)
        except UploadsError as error:
            refusals.append(error.message)
            continue
        forms += 1
        for _, one in form.files:
            one.close()
    assert forms
    assert all(message.endswith(".") for message in refusals)
