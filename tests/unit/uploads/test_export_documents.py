"""Recognized text as a document: PDF, hOCR, Markdown; read back by others' readers."""

import io
import math
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pypdfium2
import pytest
from PIL import Image

from uploads.errors import NotExportable
from uploads.exports.documents.hocr import hocr
from uploads.exports.documents.lines import lines_of
from uploads.exports.documents.pdf import write_pdf
from uploads.exports.documents.pdf_picture import embedded
from uploads.exports.documents.plain import markdown

SIZE = (800, 600)
RED, WHITE = (255, 0, 0), (255, 255, 255)
LINES = {
    "안녕하세요 세계": [(50, 50), (400, 60), (399, 100), (49, 90)],
    "日本語テキスト": [(50, 150), (400, 150), (400, 190), (50, 190)],
    "中文也可以": [(50, 200), (300, 200), (300, 230), (50, 230)],
    "Hello, world": [(50, 250), (300, 250), (300, 280), (50, 280)],
    "縦書き": [(700, 50), (740, 50), (740, 200), (700, 200)],
}
Box = tuple[float, float, float, float]


def output(**more: Any) -> dict[str, Any]:
    regions = [{"text": text, "polygon": polygon} for text, polygon in LINES.items()]
    return {"kind": "text", "language": "ko", "turned": 0, "regions": regions, **more}


def picture(kind: str, mode: str = "RGB", orientation: int = 1, **options: Any) -> bytes:
    """A white picture with a red corner at the top left, once it is upright."""
    upright = Image.new("RGB", SIZE, WHITE)
    upright.paste(RED, (0, 0, 200, 100))
    # What is done to a stored picture to make it upright, undone.
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright if undo is None else upright.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.convert(mode).save(file, kind, exif=exif, **options)
    return file.getvalue()


def pdf_of(stored: bytes, **more: Any) -> bytes:
    file = io.BytesIO()
    write_pdf(file, output(**more), embedded(io.BytesIO(stored)), SIZE, '영수증 "1".jpg')
    return file.getvalue()


@pytest.fixture
def page() -> Iterator[Any]:
    with pypdfium2.PdfDocument(pdf_of(picture("JPEG"))) as document:
        yield document[0]


def rendered(content: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(content) as document:
        drawn: Image.Image = document[0].render(scale=200 / 72).to_pil()
        return drawn.convert("RGB")


def close(one: Any, other: Any) -> bool:
    return all(abs(a - b) <= 8 for a, b in zip(one, other, strict=True))


def test_a_pdf_reads_as_the_photo_does_in_any_script(page: Any) -> None:
    assert page.get_textpage().get_text_range().split("\r\n") == list(LINES)


@pytest.mark.parametrize("line", LINES)
def test_the_text_is_found_where_its_line_stands(page: Any, line: str) -> None:
    text = page.get_textpage()
    start, count = text.search(line).get_next()
    assert count == len(line)
    boxes = [text.get_charbox(at) for at in range(start, start + count)]
    left, bottom, right, top = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    scale = 200 / 72
    found = (left * scale, SIZE[1] - top * scale, right * scale, SIZE[1] - bottom * scale)
    xs, ys = zip(*LINES[line], strict=True)
    assert found == pytest.approx((min(xs), min(ys), max(xs), max(ys)), abs=2)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_shown_upright_without_being_decoded(kind: str, orientation: int) -> None:
    shown = rendered(pdf_of(picture(kind, orientation=orientation)))
    assert shown.size == SIZE
    assert close(shown.getpixel((150, 50)), RED)
    assert close(shown.getpixel((50, 150)), WHITE)
    assert close(shown.getpixel((700, 500)), WHITE)


@pytest.mark.parametrize(
    ("kind", "mode", "red"),
    [
        ("JPEG", "L", (76, 76, 76)),
        ("JPEG", "CMYK", (237, 28, 36)),
        ("PNG", "RGBA", RED),
        ("PNG", "LA", (76, 76, 76)),
        ("PNG", "L", (76, 76, 76)),
        ("PNG", "P", RED),
        ("PNG", "1", (0, 0, 0)),
    ],
)
def test_every_kind_of_pixel_keeps_its_color(
    kind: str, mode: str, red: tuple[int, int, int]
) -> None:
    shown = rendered(pdf_of(picture(kind, mode)))
    if mode != "1":
        assert close(shown.getpixel((50, 50)), red)
    assert close(shown.getpixel((400, 300)), WHITE)


def test_what_is_transparent_is_white() -> None:
    half = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    half.paste((255, 0, 0, 128), (0, 0, 200, 100))
    for stored in (half, half.quantize(16)):
        file = io.BytesIO()
        stored.save(file, "PNG")
        shown = rendered(pdf_of(file.getvalue()))
        assert close(shown.getpixel((400, 300)), WHITE)
        assert close(shown.getpixel((50, 50)), (255, 127, 127))


def test_a_page_that_lay_on_its_side_is_turned() -> None:
    shown = rendered(pdf_of(picture("JPEG"), turned=90))
    assert shown.size == (600, 800)
    assert close(shown.getpixel((550, 50)), RED)


def test_a_document_says_its_name_and_nothing_of_the_camera() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    file = io.BytesIO()
    Image.new("RGB", SIZE).save(file, "JPEG", exif=exif)
    content = pdf_of(file.getvalue())
    assert b"A camera" not in content
    with pypdfium2.PdfDocument(content) as document:
        assert document.get_metadata_dict()["Title"] == '영수증 "1".jpg'


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "BMP"])
def test_what_no_pdf_holds_is_refused_with_what_to_do(kind: str) -> None:
    with pytest.raises(NotExportable, match="upload it as JPEG or PNG"):
        embedded(io.BytesIO(picture(kind)))


def test_hocr_is_xml_that_says_where_lines_stand() -> None:
    told = output()
    told["regions"][3]["text"] = "a < b & \x00\x01\ud800c"
    text = hocr(told, name='x"; bbox 1 <y>.png', width=800, height=600, model="ocr 2")
    root = ElementTree.fromstring(text.encode())  # our own
    spans = [one for one in root.iter() if one.get("class") == "ocr_line"]
    assert [one.text for one in spans] == [*list(LINES)[:3], "a < b & c", "縦書き"]
    assert spans[0].get("title") == "bbox 49 50 400 100; textangle -1.6"
    assert spans[1].get("title") == "bbox 50 150 400 190"
    assert spans[4].get("title") == "bbox 700 50 740 200; textangle -90"
    (page,) = (one for one in root.iter() if one.get("class") == "ocr_page")
    assert page.get("title") == 'image "x_; bbox 1 <y>.png"; bbox 0 0 800 600'


def test_a_line_may_run_in_any_direction() -> None:
    across = [(0.0, 0.0), (100.0, 0.0), (100.0, 20.0), (0.0, 20.0)]
    for degrees in range(-180, 180, 15):
        turn = math.radians(degrees)
        polygon = [
            (x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn))
            for x, y in across
        ]
        told = {"regions": [{"text": "word", "polygon": polygon}]}
        (line,) = lines_of(told)
        assert math.isclose((line.angle - degrees + 180) % 360, 180, abs_tol=0.01)
        assert math.isclose(math.hypot(*line.along), 100, abs_tol=0.01)


def test_regions_that_are_no_lines_are_left_out() -> None:
    regions = [{"text": " ", "polygon": [(0, 0)] * 4}, {"text": "x"}, {"polygon": []}]
    assert list(lines_of({"regions": regions})) == []


def test_markdown_keeps_paragraphs_and_means_no_mark() -> None:
    told = {"paragraphs": ["# no heading\n* no item", "1. one\n2) two\n    code", "a_b [c](d) <e>"]}
    assert markdown(told) == (
        "\\# no heading\n\\* no item\n\n1\\. one\n2\\) two\ncode\n\na\\_b \\[c\\](d) \\<e\\>\n"
    )
