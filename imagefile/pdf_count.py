"""A tree of pages that does not say how many it has, said to whatever draws it."""

import re
from typing import Any, Final

from imagefile.pdf_file import PdfFile
from imagefile.pdf_objects import Reference

_START: Final = re.compile(rb"startxref\s+(\d{1,10})")


def with_count(content: bytes, pdf: PdfFile, count: int) -> bytes:
    """The file with a change behind it (ISO 32000-2, section 7.5.6): a root above its pages' root.

    What draws pages counts those that are there, and numbers those that are missing as well: of
    two pages with a missing one between them it finds the first and the missing one.
    """
    root: Any = pdf.get(pdf.trailer[b"Root"])[b"Pages"]
    if not isinstance(root, Reference):
        return content
    catalog, pages = pdf.last_number + 1, pdf.last_number + 2
    change = bytearray(content)
    places = []
    for number, said in (
        (catalog, f"<< /Type /Catalog /Pages {pages} 0 R >>"),
        (pages, f"<< /Type /Pages /Count {count} /Kids [{root.number} 0 R] >>"),
    ):
        change += b"\n"
        places.append(len(change) - pdf.start)
        change += f"{number} 0 obj\n{said}\nendobj\n".encode()
    table = len(change) - pdf.start
    trailer = f"/Size {pages + 1} /Root {catalog} 0 R"
    starts = _START.findall(content)
    if pdf.has_tables and starts:
        rows = "".join(f"{place:010} 00000 n \n" for place in places)
        change += f"xref\n{catalog} 2\n{rows}".encode()
        trailer += f" /Prev {int(starts[-1])}"
    # Without a table it is searched for objects, as the file itself is.
    change += f"trailer\n<< {trailer} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(change)
