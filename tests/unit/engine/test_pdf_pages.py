"""Pages of PDF files are drawn in the size that was told of them, or called unreadable."""

import contextlib
import resource
import signal
import subprocess
import sys

import pytest

from inference.engine.child import pdf_page
from inference.engine.child.decode import decode
from inference.engine.child.pdf_drawing import UNDRAWABLE
from inference.engine.errors import UnreadableImage
from tests.image_files import mutant
from tests.pdf_files import document, packed, pdf, stream
from tests.unit.engine.decoding import LIMITS

SHEET = b"/MediaBox [0 0 72 36]"
MUTANTS = 300
CONFINED = """
from inference.engine.child.decode import decode
from inference.engine.confinement import MODEL_ALONE, confine
from tests.pdf_files import document
from tests.unit.engine.decoding import LIMITS

body = document(b"/MediaBox [0 0 72 36]")
confine(MODEL_ALONE)
print(decode(body, LIMITS).pixels.shape, end="")
"""


def slow_object() -> bytes:
    """A page of one object: a shading whose every pixel is the result of a long program."""
    function = stream(
        b"{ pop " + b"sin " * 20_000 + b"dup dup }",
        b"/FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1]",
    )
    shading = b"<< /ShadingType 1 /ColorSpace /DeviceRGB /Domain [0 1 0 1] /Function 5 0 R"
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        stream(b"/S sh"),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 3 0 R"
        b" /Resources << /Shading << /S %s /Matrix [300 0 0 300 0 0] >> >> >> >>" % shading,
        function,
    )


def test_each_page_is_drawn_upright_on_white() -> None:
    half = b"1 0 0 rg 0 0 36 36 re f"
    body = document(SHEET, SHEET + b" /Rotate 90", drawing=half)
    first = decode(body, LIMITS)
    assert (first.width, first.height) == (200, 100)
    assert first.pixels[50, 20].tolist() == [255, 0, 0]
    assert first.pixels[50, 180].tolist() == [255, 255, 255]
    second = decode(body, LIMITS, page=2)
    assert second.pixels.shape == (200, 100, 3)
    assert second.pixels[20, 50].tolist() == [255, 0, 0]
    with pytest.raises(UnreadableImage, match="no page 3"):
        decode(body, LIMITS, page=3)


def test_a_page_of_a_compressed_document_is_drawn() -> None:
    assert decode(packed([SHEET]), LIMITS).pixels.shape == (100, 200, 3)


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_page, "SECONDS", 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(UnreadableImage, match="takes too long"):
        decode(slow_object(), LIMITS)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= 3


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (UNDRAWABLE, ValueError),
        (-signal.SIGSEGV, ValueError),
        (-signal.SIGXCPU, UnreadableImage),
        (-signal.SIGKILL, MemoryError),
        (1, subprocess.CalledProcessError),
    ],
)
def test_how_the_process_ended_tells_whose_fault_it_was(
    monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception]
) -> None:
    ended = subprocess.CompletedProcess(["draw"], status, b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(error):
        pdf_page.draw(document(SHEET), 1, (200, 100))


def test_a_confined_process_draws_pages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONFINED], capture_output=True, text=True, check=False
    )
    assert done.stdout == "(100, 200, 3)", done.stderr


@pytest.mark.slow
def test_a_mutant_of_a_document_is_drawn_or_called_unreadable() -> None:
    whole = [document(SHEET, SHEET), packed([SHEET])]
    for number in range(MUTANTS):
        with contextlib.suppress(UnreadableImage):
            decode(b"%PDF-" + mutant(whole[number % 2])[5:], LIMITS)
