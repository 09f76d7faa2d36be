"""What the Content-Disposition of a form's part says, by the many ways in which it is sent."""

import contextlib
import time

import pytest

from uploads.api.disposition import Disposition, MalformedPart, disposition


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (b'filename="a.png"', b"a.png"),
        (b"filename=a.png", b"a.png"),
        (b'FileName = "a.png" ;', b"a.png"),
        (b'filename=""', b""),
        ('filename="사진 1.png"'.encode(), "사진 1.png".encode()),
        ("filename=사진.png".encode(), "사진.png".encode()),
        (b'filename="\xbb\xe7\xc1\xf8.png"', b"\xbb\xe7\xc1\xf8.png"),
        (b'filename="say %22hi%22.png"', b'say "hi".png'),
        (b'filename="two%0D%0Alines%0a.png"', b"two\r\nlines\n.png"),
        (b'filename="100%25 %41.png"', b"100%25 %41.png"),
        (b'filename="say \\"hi\\".png"', b'say "hi".png'),
        (b'filename="say "hi".png"', b'say "hi".png'),
        (b'filename="scan\\2024.png"', b"scan\\2024.png"),
        (b'filename="scan\\\\2024.png"', b"scan\\2024.png"),
        (b'filename="C:\\photos\\"', b"C:\\photos\\"),
        (b'filename="a; b=c.png"', b"a; b=c.png"),
        (b'filename="a\\"; filename=\\"b.html"', b'a"; filename="b.html'),
        (b"filename*=UTF-8''%EC%82%AC%EC%A7%84.png", "사진.png".encode()),
        (b"filename*=utf-8'ko'a%20b.png", b"a b.png"),
        (b"filename*=ISO-8859-1''caf%E9.png", "café.png".encode()),
        (b"filename*=euc-kr''%BB%E7%C1%F8.png", "사진.png".encode()),
        (b"filename*=bogus''caf%E9.png", b"caf\xe9.png"),
        (b"filename*=hex''ff", b"ff"),
        (b"filename*=utf-8''%ff.png", b"\xff.png"),
        (b"filename*=a%20b.png", b"a b.png"),
        (b"filename=\"plain.png\"; filename*=utf-8''best.png", b"best.png"),
        (b"filename=\"plain.png\"; filename*=bogus''worse.png", b"plain.png"),
        (b"size=3", None),
    ],
)
def test_a_file_name_is_read_as_it_was_meant(parameters: bytes, name: bytes | None) -> None:
    header = b'form-data; name="images"; ' + parameters
    assert disposition(header) == Disposition("images", name)


@pytest.mark.parametrize(
    "header",
    [b"form-data; name=images", b"Form-Data;name*=utf-8''images", b'form-data; name=" images "'],
)
def test_a_field_is_read_as_it_was_meant(header: bytes) -> None:
    assert disposition(header) == Disposition("images", None)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"", "is not form-data"),
        (b'attachment; name="images"', "is not form-data"),
        (b"form-data", "has no name"),
        (b'form-data; name=""', "has no name"),
        (b'form-data; filename="a.png"', "has no name"),
        (b'form-data; name="\xff"', "is not UTF-8"),
        (b"form-data; name=a; name=b", "has name twice"),
        (b'form-data; name="a" b', "cannot be read"),
        (b'form-data; name="a', "cannot be read"),
        (b"form-data; name", "cannot be read"),
    ],
)
def test_what_cannot_be_understood_is_said(header: bytes, why: str) -> None:
    with pytest.raises(MalformedPart, match=why):
        disposition(header)


def test_a_long_header_takes_no_long_time() -> None:
    begun = time.monotonic()
    for piece in (b';a="', b'"', b";", b"; a=", b"\\", b'";a="', b" "):
        with contextlib.suppress(MalformedPart):
            disposition(b"form-data; name=x" + piece * 4000)
    assert time.monotonic() - begun < 20
