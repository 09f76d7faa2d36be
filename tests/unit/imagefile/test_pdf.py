"""PDF files by their own structure: pages and their sizes, however the objects are stored."""

import contextlib
import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from imagefile.errors import ImageFileError
from imagefile.reading import read_header, read_pages
from tests.image_files import mutant
from tests.pdf_files import document, packed, pdf, stream
from tests.photos import encoded

MOST = 100
MUTANTS = 2_000
SHEET = b"/MediaBox [0 0 216 72]"
SIZE = (600, 200)
ROOT = b"<< /Type /Catalog /Pages 2 0 R >>"


def sizes(body: bytes) -> list[tuple[int, int]]:
    return [header.size for header in read_pages(io.BytesIO(body), MOST)]


def code_of(body: bytes) -> str:
    with pytest.raises(ImageFileError) as refused:
        read_pages(io.BytesIO(body), MOST)
    return refused.value.code


def saved(pages: int) -> bytes:
    """A PDF as a library writes it."""
    image = Image.new("RGB", (300, 200), "red")
    return encoded(image, "PDF", save_all=True, append_images=[image] * (pages - 1))


@pytest.mark.parametrize(
    "body",
    [document(SHEET, SHEET), document(SHEET, SHEET, table=False), packed([SHEET, SHEET])],
    ids=["table", "no table", "compressed objects"],
)
def test_pages_are_found_wherever_their_objects_lie(body: bytes) -> None:
    assert sizes(body) == [SIZE, SIZE]
    assert read_header(io.BytesIO(body), 2).size == SIZE


def test_what_a_library_writes_is_read() -> None:
    assert len(sizes(saved(3))) == 3


@pytest.mark.parametrize(
    ("said", "size"),
    [
        (SHEET + b" /Rotate 90", SIZE[::-1]),
        (SHEET + b" /Rotate 180", SIZE),
        (SHEET + b" /CropBox [0 0 36 72]", (100, 200)),
        (SHEET + b" /CropBox [500 500 600 600]", SIZE),
        (b"/MediaBox [216 72 0 0]", SIZE),
        (b"", (1700, 2200)),
        (b"/MediaBox [0 0 0 0]", (1700, 2200)),
        (b"/MediaBox [0 0 72000 36000]", (4000, 2000)),
        (b"/MediaBox [0 0 1e9 1]", (1700, 2200)),
        (b"/MediaBox [0 0 100000000000 1]", (4000, 1)),
    ],
)
def test_a_page_is_as_large_as_it_is_drawn(said: bytes, size: tuple[int, int]) -> None:
    assert sizes(document(said)) == [size]


def test_a_protected_document_is_refused_with_a_code_of_its_own() -> None:
    body = document(SHEET).replace(b"/Root", b"/Encrypt 9 0 R /Root")
    assert code_of(body) == "password_protected"


def many_kids(count: int) -> bytes:
    return b"<< /Kids [" + b"3 0 R " * count + b"] >>"


HOSTILE: dict[str, tuple[str | None, Callable[[], bytes]]] = {
    "too many pages": ("too_many_pages", lambda: document(*[SHEET] * 5_000)),
    "a million pages that are one": (
        "unreadable_image",
        lambda: pdf(ROOT, many_kids(1_000_000), b"<< >>"),
    ),
    "a million pages claimed": (
        None,
        lambda: pdf(ROOT, b"<< /Count 1000000 /Kids [3 0 R] >>", b"<< /Type /Page >>"),
    ),
    "pages in a circle": ("unreadable_image", lambda: pdf(ROOT, b"<< /Kids [2 0 R] >>")),
    "a tree 5,000 deep": (
        "too_many_parts",
        lambda: pdf(ROOT, *[b"<< /Kids [%d 0 R] >>" % (at + 3) for at in range(5_000)]),
    ),
    "arrays 500,000 deep": (
        "unreadable_image",
        lambda: pdf(b"<< /Pages 2 0 R /A " + b"[" * 500_000 + b" >>", b"<< >>"),
    ),
    "objects that are nothing": (
        "too_many_parts",
        lambda: b"%PDF-1.4\n" + b"1 0 obj\n" * 3_000_000,
    ),
    "a string without an end": (
        "unreadable_image",
        lambda: b"%PDF-1.4\n1 0 obj " + b"(" * 20_000_000,
    ),
    "a reference to itself": ("unreadable_image", lambda: pdf(b"1 0 R", b"<< >>")),
    "tables in a circle": (None, lambda: document(SHEET).replace(b"/Size", b"/Prev 9 /Size")),
    "noise": ("unreadable_image", lambda: b"%PDF-1.4\n" + bytes(range(256)) * 80_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_or_counted(name: str) -> None:
    code, build = HOSTILE[name]
    if code is None:
        assert len(sizes(build())) == 1
    else:
        assert code_of(build()) == code


def test_what_swells_is_given_up() -> None:
    zipped = zlib.compress(bytes(100_000_000))
    holder = stream(zipped, b"/Type /ObjStm /N 9 /First 10 /Filter /FlateDecode")
    with contextlib.suppress(ImageFileError):
        read_pages(io.BytesIO(pdf(ROOT, b"<< /Kids [4 0 R] >>", holder)), MOST)


def test_a_document_that_breaks_off_is_counted_or_called_damaged() -> None:
    whole = saved(3)
    for end in range(8, len(whole), 97):
        with contextlib.suppress(ImageFileError):
            assert sizes(whole[:end])


def test_a_mutant_of_any_document_is_counted_or_refused() -> None:
    whole = [saved(2), document(SHEET, SHEET), packed([SHEET])]
    for number in range(MUTANTS):
        with contextlib.suppress(ImageFileError):
            read_pages(io.BytesIO(b"%PDF-" + mutant(whole[number % 3])[5:]), MOST)
