"""The process that draws one page of a PDF file.

`python -m inference.engine.child.pdf_drawing PARENT SECONDS PAGE WIDTH HEIGHT`: PARENT is the
process id of the model's process, SECONDS how long this one may compute, PAGE counts from 1. The
document comes on standard input, rows of RGBX go out on standard output.
"""

import resource
import sys
from typing import Any, Final

from inference.engine.child.lifeline import guard

UNDRAWABLE: Final = 3
"""The status it ends with when the document cannot be opened, or the page not be drawn."""
MEMORY_BYTES: Final = 1 << 30


def main() -> None:
    """Draw within these limits: the system ends the process where it exceeds one."""
    # The model's process, which imports the status, needs none of the library's 10 MB.
    import pypdfium2  # noqa: F401, PLC0415

    parent, seconds, page, width, height = map(int, sys.argv[1:])
    guard(parent)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        bitmap = _drawn(sys.stdin.buffer.read(), page, width, height)
    except Exception:  # a hostile document may have anything raised
        sys.exit(UNDRAWABLE)
    sys.stdout.buffer.write(bitmap.buffer)
    sys.stdout.buffer.flush()


def _drawn(content: bytes, page: int, width: int, height: int) -> Any:
    import pypdfium2  # noqa: PLC0415
    from pypdfium2 import raw  # noqa: PLC0415

    sheet = pypdfium2.PdfDocument(content)[page - 1]
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGRx, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
    raw.FPDF_RenderPageBitmap(bitmap, sheet, 0, 0, width, height, 0, flags)
    return bitmap


if __name__ == "__main__":
    main()
