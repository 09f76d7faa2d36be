"""PDF files by their own structure: pages and their sizes, however the objects are stored."""

import contextlib
import io
import zlib
from collections.abc import Callable

import pypdfium2
import pytest
from PIL import Image

from imagefile.errors import ImageFileError
from imagefile.reading import read_header, read_pages, read_picture
from tests.image_files import mutant
from tests.pdf_files import document, packed, pdf, placed, stream
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


PACKED = packed([SHEET, SHEET])
ALIKE = {
    "table": document(SHEET, SHEET),
    "no table": document(SHEET, SHEET, table=False),
    "compressed objects": PACKED,
    "compressed objects, no start": PACKED.replace(b"startxref\n", b"startxref\n9"),
    "compressed objects, much behind": PACKED + bytes(5_000),
    "a line before": b"\n" + document(SHEET, SHEET),
    "a mark of UTF-8 before": b"\xef\xbb\xbf" + PACKED,
    "what a server says before": b"Content-Type: application/pdf\n" * 30 + PACKED,
    "names in hexadecimal": document(*[SHEET.replace(b"Box", b"#42o#78")] * 2),
    "protected by nothing": document(SHEET, SHEET).replace(b"/Root", b"/Encrypt null /Root"),
    "protected by what is not there": document(SHEET, SHEET).replace(
        b"/Root", b"/Encrypt 99 0 R /Root"
    ),
}


@pytest.mark.parametrize("body", ALIKE.values(), ids=ALIKE)
def test_pages_are_found_wherever_their_objects_lie(body: bytes) -> None:
    assert sizes(body) == [SIZE, SIZE]
    assert read_header(io.BytesIO(body), 2).size == SIZE


def test_what_a_library_writes_is_read() -> None:
    assert len(sizes(saved(3))) == 3


@pytest.mark.parametrize(
    ("said", "size"),
    [
        (SHEET + b" /Rotate 90", SIZE[::-1]),
        (SHEET + b" /Rotate 90.0", SIZE[::-1]),
        (SHEET + b" /Rotate -90", SIZE[::-1]),
        (SHEET + b" /Rotate -45", SIZE),
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
    body = document(SHEET).replace(b"/Root", b"/Encrypt << /Filter /Standard >> /Root")
    assert code_of(body) == "password_protected"


PAGE = b"<< /Type /Page /Parent 2 0 R " + SHEET + b" >>"


@pytest.mark.parametrize(
    ("said", "pages"),
    [
        (b"/Count 1 /Kids [3 0 R 4 0 R]", [SIZE]),
        (b"/Count 9 /Kids [3 0 R 4 0 R]", [SIZE] * 2),
        (b"/Count 2 /Kids [3 0 R 3 0 R]", [SIZE] * 2),
        (b"/Count 3 /Kids [3 0 R null 4 0 R]", [SIZE, (1700, 2200), SIZE]),
        (b"/Count 2 /Kids [9 0 R 4 0 R]", [(1700, 2200), SIZE]),
        (b"/Count 2 /Kids [5 0 R 4 0 R]", [(1700, 2200), SIZE]),
    ],
)
def test_a_page_has_the_number_by_which_it_is_drawn(
    said: bytes, pages: list[tuple[int, int]]
) -> None:
    body = pdf(ROOT, b"<< /Type /Pages %s >>" % said, PAGE, PAGE, b"<< /Type /Pages >>")
    assert sizes(body) == pages
    drawn = pypdfium2.PdfDocument(body)
    for at, size in enumerate(pages):
        if size == SIZE:
            assert drawn[at].get_size() == (216, 72)


@pytest.mark.parametrize("count", [b"", b"/Count 0", b"/Count -1", b"/Count (3)"])
@pytest.mark.parametrize(
    "kids",
    [
        b"null 3 0 R null null 4 0 R",
        b"3 0 R 9 0 R 4 0 R",
        b"3 0 R 5 0 R 6 0 R",
        b"3 0 R null 4 0 R null",
    ],
)
@pytest.mark.parametrize("form", ["table", "no table", "stream", "behind a line"])
def test_where_pages_are_missing_and_nobody_counts_them_the_last_one_is_drawn_as_well(
    count: bytes, kids: bytes, form: str
) -> None:
    tree = b"<< /Type /Pages %s /Kids [%s] >>" % (count, kids)
    lower = b"<< /Type /Pages /Parent 2 0 R /Kids [4 0 R] >>"
    objects = (ROOT, tree, PAGE, PAGE, b"<< /Type /Pages >>", lower)
    if form == "stream":
        body = placed(dict(enumerate(objects, start=1)), {})
    else:
        body = pdf(*objects, table=form != "no table")
    if form == "behind a line":
        body = b"a line\n" + body
    pages = sizes(body)
    header = read_header(io.BytesIO(body), len(pages))
    content = read_picture(io.BytesIO(body), header, len(pages)).content
    drawn = pypdfium2.PdfDocument(content)
    there = [at for at, size in enumerate(pages) if size == SIZE]
    assert len(there) == 2
    for at in there:
        assert drawn[at].get_size() == (216, 72)


@pytest.mark.parametrize("said", [b"/Count 1", b"/Count 1 /Kids [null]", b"/Kids []"])
def test_a_document_without_a_page_is_damaged(said: bytes) -> None:
    assert code_of(pdf(ROOT, b"<< /Type /Pages %s >>" % said)) == "unreadable_image"


def test_an_archive_that_holds_a_document_is_no_document() -> None:
    assert code_of(b"PK\3\4 one.pdf " + document(SHEET)) == "unsupported_format"


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
    "keywords that are nothing": ("too_many_parts", lambda: b"%PDF-1.4\n" + b"obj" * 1_000_000),
    "places that are free": (
        "too_many_parts",
        lambda: b"%PDF-1.4\nxref\n0 999999\n" + b"0 0 f" * 500_000 + b"\nstartxref\n9\n",
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
    whole = [saved(2), document(SHEET, SHEET), packed([SHEET]), packed([SHEET])[:-20]]
    for number in range(MUTANTS):
        with contextlib.suppress(ImageFileError):
            read_pages(io.BytesIO(b"%PDF-" + mutant(whole[number % 4])[5:]), MOST)
