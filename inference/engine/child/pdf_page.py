"""A page of a PDF file is drawn, within a time. Runs in the child process."""

import ctypes
import time
from typing import Any, Final

import pypdfium2
from PIL import Image
from pypdfium2 import raw

SECONDS: Final = 5.0
"""To draw one page; what takes longer is drawn to slow its reader down."""


def draw(content: bytes, page: int, size: tuple[int, int]) -> Image.Image:
    """The page, by its number from 1, in RGB on white, in so many pixels.

    Raises:
        ValueError: it cannot be drawn, or not in time.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise ValueError("The document cannot be opened.") from error
    try:
        return _drawn(document, page, size)
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError("The page cannot be drawn.") from error
    finally:
        document.close()


def _drawn(document: Any, page: int, size: tuple[int, int]) -> Image.Image:
    width, height = size
    sheet = document[page - 1]
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGRx, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    started = time.monotonic()
    pause = raw.IFSDK_PAUSE(version=1)
    # Kept for as long as the library may call it.
    asked = type(pause.NeedToPauseNow)(lambda _: time.monotonic() - started > SECONDS)
    pause.NeedToPauseNow = asked
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
    state = raw.FPDF_RenderPageBitmap_Start(
        bitmap, sheet, 0, 0, width, height, 0, flags, ctypes.byref(pause)
    )
    raw.FPDF_RenderPage_Close(sheet)
    if state != raw.FPDF_RENDER_DONE:
        raise ValueError("The page takes too long to draw.")
    return Image.fromarray(bitmap.to_numpy()[..., :3].copy())
