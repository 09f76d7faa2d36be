"""Bodies that are not what multipart/form-data should be."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import (
    BOUNDARY,
    CLOSING,
    MULTIPART,
    Part,
    file,
    multipart,
    refused,
    sent,
    uploaded,
)
from tests.photos import photo, tiny
from uploads.api.form import read
from uploads.errors import UploadsError
from uploads.models import Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_incoming_file_is_left")]

MARK = f"--{BOUNDARY}\r\n".encode()


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
