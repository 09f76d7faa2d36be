"""Files that are not what they claim to be, and honest ones that look odd."""

import io
import random
import struct
from typing import Any

import pytest
from PIL import Image as PillowImage
from rest_framework.test import APIClient

from imagefile.formats import FORMATS
from tests import hostile_formats, image_files
from tests.heif_files import box, grid, heic
from tests.image_files import PNG_SIGNATURE, animated_webp, chunk, exif, png, png_claiming
from tests.integration.rest import file, post, refused, uploaded
from tests.photos import encoded, photo
from uploads.models import Upload

pytestmark = pytest.mark.django_db

RGB = PillowImage.new("RGB", (40, 30), "teal")
MOVIE = box(b"ftyp", b"mp42", bytes(4), b"isom") + box(b"mdat", bytes(5_000))
"""What phones put behind the still of a photo that moves."""


def stereo() -> bytes:
    """Two JPEGs in one file (MPO), as cameras write panoramas and stereo pictures."""
    return encoded(RGB, "MPO", save_all=True, append_images=[RGB.copy()])


NOT_IMAGES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "ico": encoded(RGB, "ICO"),
    "eps": encoded(RGB, "EPS"),
    "psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30, 40, 8, 3) + bytes(12),
    "zip": b"PK\3\4" + bytes(100),
    "script": b"#!/bin/sh\nrm -rf /\n",
    "noise": random.Random(7).randbytes(5000),
    "html before a jpeg": b"<script>alert(1)</script>" + encoded(RGB, "JPEG"),
    "gif header on a jpeg": b"GIF89" + encoded(RGB, "JPEG"),
    "half a png signature": b"\x89PNG\r\n",
}

DAMAGED = {
    "only a jpeg marker": b"\xff\xd8\xff",
    "only a webp header": b"RIFF\x24\0\0\0WEBPVP8 ",
    "no width": png_claiming(0, 10),
    "no height": png_claiming(10, 0),
}

MAGIC = {"JPEG": b"\xff\xd8\xff", "PNG": PNG_SIGNATURE, "WEBP": bytes(12)}

ODD_BUT_HONEST = {
    "cmyk jpeg": (encoded(RGB.convert("CMYK"), "JPEG"), "image/jpeg"),
    "gray jpeg": (encoded(RGB.convert("L"), "JPEG"), "image/jpeg"),
    "progressive jpeg": (encoded(RGB, "JPEG", progressive=True), "image/jpeg"),
    "16-bit png": (encoded(PillowImage.new("I;16", (40, 30), 40_000)), "image/png"),
    "1-bit png": (encoded(RGB.convert("1")), "image/png"),
    "palette with alpha": (encoded(RGB.convert("P"), transparency=0), "image/png"),
    "alpha": (encoded(RGB.convert("RGBA")), "image/png"),
    "animated webp": (animated_webp(), "image/webp"),
    "lossless webp": (encoded(RGB, "WEBP", lossless=True), "image/webp"),
    "stereo jpeg": (stereo(), "image/jpeg"),
    "motion jpeg": (encoded(RGB, "JPEG") + MOVIE, "image/jpeg"),
    "motion heic": (grid(1, 1, size=(40, 30)) + box(b"mpvd", MOVIE), "image/heic"),
    "jpeg of 200 scans": (image_files.jpeg_in_scans(200), "image/jpeg"),
    "png with a long text": (image_files.png_with_text(80_000_000), "image/png"),
    "png with a wrong checksum": (png(chunk(b"tEXt", b"a\0b", checksum=0)), "image/png"),
    "jpeg with html behind it": (encoded(RGB, "JPEG") + b"<script>alert(1)</script>", "image/jpeg"),
    "png with a zip behind it": (encoded(RGB) + b"PK\3\4" + bytes(100), "image/png"),
    "gif": (encoded(RGB, "GIF"), "image/gif"),
    "tiff": (encoded(RGB, "TIFF"), "image/tiff"),
    "bmp": (encoded(RGB, "BMP"), "image/bmp"),
    "avif": (encoded(RGB, "AVIF"), "image/avif"),
    "heic": (grid(1, 1, size=(40, 30)), "image/heic"),
    "body cut in the middle": (encoded(RGB, "JPEG")[:-20], "image/jpeg"),
}


@pytest.mark.parametrize("name", NOT_IMAGES)
def test_what_is_of_no_accepted_format_is_refused_whatever_its_name(
    as_ada: APIClient, name: str
) -> None:
    body = refused(post(as_ada, file(NOT_IMAGES[name], "photo.jpg")), 400, "unsupported_format")
    assert [(f["position"], f["name"]) for f in body["errors"]] == [(0, "photo.jpg")]
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ODD_BUT_HONEST)
def test_an_odd_image_is_accepted_as_what_it_is_whatever_its_name(
    as_ada: APIClient, name: str
) -> None:
    bytes_, content_type = ODD_BUT_HONEST[name]
    names = ["photo.png", "photo.jpg", "photo.exe", "photo"]
    images = uploaded(as_ada, *(file(bytes_, called) for called in names))["images"]
    assert [image["name"] for image in images] == names
    for image in images:
        assert (image["width"], image["height"]) == (40, 30)
        assert image["content_type"] == content_type


@pytest.mark.parametrize("size", [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (8_100, 8_000)])
def test_a_header_that_claims_too_many_pixels_is_refused(
    as_ada: APIClient, size: tuple[int, int]
) -> None:
    refused(post(as_ada, file(png_claiming(*size))), 400, "too_many_pixels")


def test_what_phones_call_50_megapixels_is_taken(as_ada: APIClient) -> None:
    (image,) = uploaded(as_ada, file(png_claiming(8160, 6144)))["images"]
    assert image["width"] * image["height"] == 50_135_040


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_called_damaged(as_ada: APIClient, name: str) -> None:
    body = refused(post(as_ada, file(DAMAGED[name])), 400, "unreadable_image")
    assert "is damaged" in body["errors"][0]["message"]


@pytest.mark.parametrize("name", image_files.HOSTILE)
def test_a_file_that_would_take_long_to_walk_or_decode_is_refused(
    as_ada: APIClient, name: str
) -> None:
    code, build = image_files.HOSTILE[name]
    refused(post(as_ada, file(build())), 400, code)
    assert not Upload.objects.exists()


def test_judging_decodes_no_picture(as_ada: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("The request gave a file to a decoder.")

    monkeypatch.setattr("PIL.Image.open", decode)
    monkeypatch.setattr("pi_heif.HeifFile", decode)
    uploaded(as_ada, file(heic("photo")))
    for kind in FORMATS:
        if kind not in {"HEIF", "PDF"}:
            uploaded(as_ada, file(encoded(RGB, kind, exif=exif(6))))
            uploaded(as_ada, file(encoded(RGB, kind)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "late PNG"])
def test_width_and_height_are_of_the_upright_image(as_ada: APIClient, kind: str) -> None:
    def turned(orientation: int) -> bytes:
        if kind == "late PNG":
            return png(after=chunk(b"eXIf", exif(orientation)[6:]))
        return encoded(RGB, kind, exif=exif(orientation))

    images = uploaded(as_ada, *(file(turned(orientation)) for orientation in range(10)))["images"]
    sizes = [(image["width"], image["height"]) for image in images]
    assert sizes == [(30, 40) if 5 <= n <= 8 else (40, 30) for n in range(10)]
    assert [image["orientation"] for image in images] == [1, *range(1, 9), 1]


def test_a_file_cut_anywhere_is_refused_or_left_to_the_worker(as_ada: APIClient) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = encoded(RGB, kind, exif=exif(6))
        for end in range(1, len(whole), 3):
            answer = post(as_ada, file(whole[:end]))
            if answer.status_code != 202:
                code = "unsupported_format" if end < len(MAGIC[kind]) else "unreadable_image"
                refused(answer, 400, code)


def test_a_file_with_broken_bytes_is_never_a_servers_error(as_ada: APIClient) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = encoded(RGB, kind, exif=exif(6))
        for _ in range(60):
            broken = bytearray(whole)
            for _ in range(random.randint(1, 6)):
                broken[random.randrange(min(len(broken), 400))] = random.randrange(256)
            answer = post(as_ada, file(bytes(broken)))
            if answer.status_code != 202:
                refused(answer, 400, answer.json()["errors"][0]["code"])


@pytest.mark.parametrize("name", hostile_formats.HOSTILE)
def test_a_hostile_file_of_any_format_is_never_a_servers_error(
    as_ada: APIClient, name: str
) -> None:
    answer = post(as_ada, file(hostile_formats.HOSTILE[name]()))
    if answer.status_code != 202:
        refused(answer, 400, answer.json()["errors"][0]["code"])


@pytest.mark.parametrize("claimed", ["image/svg+xml", "text/html; charset=utf-8", "Text/HTML"])
def test_a_file_that_its_sender_calls_active_is_refused(as_ada: APIClient, claimed: str) -> None:
    part = file()
    refused(
        post(as_ada, type(part)(part.field, part.body, "a.png", claimed)), 400, "unsupported_format"
    )


@pytest.mark.parametrize("claimed", ["application/octet-stream", "image/jpeg", "", "nonsense"])
def test_any_other_claim_about_the_type_counts_for_nothing(as_ada: APIClient, claimed: str) -> None:
    part = file()
    (image,) = uploaded(as_ada, type(part)(part.field, part.body, "a.png", claimed))["images"]
    assert image["content_type"] == "image/png"


def test_real_photos_of_every_format_are_accepted(as_ada: APIClient) -> None:
    picture = PillowImage.open(io.BytesIO(photo("astronaut")))
    parts = [file(encoded(picture, kind), kind) for kind in FORMATS if kind != "HEIF"]
    images = uploaded(as_ada, file(heic("photo")), *parts)["images"]
    assert {i["content_type"] for i in images} == {one.content_type for one in FORMATS.values()}
    sizes = {(i["width"], i["height"]) for i in images if i["content_type"] != "application/pdf"}
    assert sizes == {(512, 512), (400, 320)}
