"""The work that a PDF file asks for is counted, however small the file is, and has an end."""

import contextlib
import io
import re
import tracemalloc
import zlib

import pytest

from imagefile import pdf_file
from imagefile.errors import DamagedFile, ImageFileError, TooManyParts
from imagefile.pdf_budget import MOST, Budget
from imagefile.pdf_streams import MAX_STREAM_BYTES, stream_data
from imagefile.reading import read_pages
from tests.pdf_files import pdf, placed, stream

ROOT = b"<< /Type /Catalog /Pages 2 0 R >>"
TOKENS = 5_000
LONG = b"[" + b"0 " * TOKENS + b"]"
REPEATS = 30


@pytest.fixture
def budgets(monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """Those of the files that were read."""
    made: list[Budget] = []

    class Kept(Budget):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(pdf_file, "Budget", Kept)
    return made


def read(body: bytes) -> int:
    """How many pages it has."""
    return len(read_pages(io.BytesIO(body), 100))


def spent(budgets: list[Budget], what: str) -> int:
    [budget] = budgets
    return MOST[what] - budget.left[what]


def kids(first: int) -> bytes:
    return b"<< /Kids [" + b" ".join(b"%d 0 R" % (first + at) for at in range(REPEATS)) + b"] >>"


def test_of_a_stream_of_objects_only_those_are_read_that_are_needed(budgets: list[Budget]) -> None:
    heads = b"9 0 " * REPEATS
    said = b"/Type /ObjStm /N %d /First %d" % (REPEATS, len(heads))
    held = {number: (9, at) for at, number in enumerate(range(1, 5))}
    with pytest.raises(DamagedFile):
        read(placed({9: stream(heads + LONG, said)}, held))
    assert spent(budgets, "tokens") < 3 * TOKENS


def test_an_object_is_read_once_whatever_refers_to_it(budgets: list[Budget]) -> None:
    pages = [b"<< /Type /Page /MediaBox 3 0 R >>"] * REPEATS
    assert read(pdf(ROOT, kids(4), LONG, *pages)) == REPEATS
    assert spent(budgets, "tokens") < 2 * TOKENS


def test_an_object_is_read_once_whatever_its_numbers_are(budgets: list[Budget]) -> None:
    body = pdf(ROOT, kids(3), b"<< /A %s >>" % LONG, *[b""] * (REPEATS - 1))
    rows = re.findall(rb"\d{10} 00000 n \n", body)
    places = b"".join(rows[:3] + rows[2:3] * (REPEATS - 1))
    assert read(body.replace(b"".join(rows), places)) == REPEATS
    assert spent(budgets, "tokens") < 2 * TOKENS


def test_an_object_that_is_broken_is_tried_once(budgets: list[Budget]) -> None:
    pages = [b"<< /Type /Page /MediaBox 3 0 R >>"] * REPEATS
    assert read(pdf(ROOT, kids(4), b"[" + b"0 " * TOKENS + b">>", *pages)) == REPEATS
    assert spent(budgets, "tokens") < 2 * TOKENS


def test_objects_may_not_have_more_tokens_together_than_one_file() -> None:
    boxes = [b"[" + b"0 " * 90_000 + b"]"] * 3
    pages = [b"<< /Type /Page /MediaBox %d 0 R >>" % (3 + at) for at in range(3)]
    with pytest.raises(TooManyParts, match="tokens"):
        read(pdf(ROOT, b"<< /Kids [6 0 R 7 0 R 8 0 R] >>", *boxes, *pages))


def test_only_the_first_and_the_last_trailers_are_tried(budgets: list[Budget]) -> None:
    with pytest.raises(DamagedFile):
        read(b"%PDF-1.4\n" + b"trailer<<(" * 20_000)
    assert spent(budgets, "bytes of objects") < 1 << 20


def test_a_table_of_too_many_rows_is_refused() -> None:
    said = b"/W [1 0 0] /Type /XRef /Size 99999999 /Root 1 0 R /Filter /FlateDecode"
    body = b"%PDF-1.7\n4 0 obj\n" + stream(zlib.compress(bytes(1 << 20)), said)
    with pytest.raises(TooManyParts, match="rows of tables"):
        read(body + b"\nendobj\nstartxref\n9\n%%EOF\n")


def test_too_many_rows_are_refused_before_they_are_added_up() -> None:
    said = {b"Length": 1 << 20, b"DecodeParms": {b"Predictor": 12}}
    with pytest.raises(TooManyParts, match="rows of tables"):
        stream_data(b"\nstream\n" + bytes(1 << 20), 0, said, lambda value: value, Budget())


def test_all_that_is_inflated_of_one_file_is_counted() -> None:
    budget = Budget()
    said = {b"Filter": b"FlateDecode", b"Length": 1 << 20}
    body = b"\nstream\n" + zlib.compress(bytes(100_000_000))
    for _ in range(2):
        data = stream_data(body, 0, said, lambda value: value, budget)
        assert len(data) == MAX_STREAM_BYTES
    with pytest.raises(TooManyParts, match="inflated bytes"):
        stream_data(body, 0, said, lambda value: value, budget)


@pytest.mark.parametrize("kind", [1, 2])
def test_rows_are_added_up_byte_by_byte(kind: int) -> None:
    rows = [bytes([200, 100, 255, 1, 128]), bytes([100, 200, 1, 255, 128])]
    sums = {
        1: [200, 44, 43, 44, 172, 100, 44, 45, 44, 172],
        2: [200, 100, 255, 1, 128, 44, 44, 0, 0, 0],
    }
    said = {
        b"Length": 12,
        b"DecodeParms": {b"Predictor": 12, b"Columns": 5},
    }
    body = b"\nstream\n" + b"".join(bytes([kind]) + row for row in rows)
    data = stream_data(body, 0, said, lambda value: value, Budget())
    assert list(data) == sums[kind]


def test_comments_are_skipped_without_a_memory_of_each() -> None:
    body = b"%PDF-1.4\ntrailer<<" + b"%\n" * 100_000 + b">>"
    tracemalloc.start()
    try:
        with pytest.raises(DamagedFile):
            read(body)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body)
    finally:
        tracemalloc.stop()


def test_streams_that_need_each_other_are_given_up() -> None:
    many = 500
    length = b"<< /Type /ObjStm /N 1 /First 4 /Length %d 0 R >>\nstream\n1 0 4\nendstream"
    streams = {10 + at: length % (1_001 + at) for at in range(many)}
    held = {1: (10, 0), **{1_000 + at: (10 + at, 0) for at in range(1, many)}}
    with pytest.raises(DamagedFile):
        read(placed(streams, held))


def test_places_far_outside_of_a_stream_give_no_work_back(budgets: list[Budget]) -> None:
    heads = b"1 999999999 2 -999999999 "
    said = b"/Type /ObjStm /N 2 /First %d" % len(heads)
    with contextlib.suppress(ImageFileError):
        read(placed({9: stream(heads + b"[ ]", said)}, {1: (9, 0), 2: (9, 1)}))
    assert all(budgets[0].left[what] <= most for what, most in MOST.items())
