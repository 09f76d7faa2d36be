"""PDF files made object by object."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Final

RED: Final = b"1 0 0 rg 0 0 100000 100000 re f"


def pdf(*objects: bytes, trailer: bytes = b"", table: bool = True) -> bytes:
    """A file of these objects, numbered from 1; the first is the root of all."""
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    if table:
        body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    body += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return body + b"startxref\n%d\n%%%%EOF\n" % (start if table else 0)


def stream(data: bytes, said: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), said, data)


def document(*pages: bytes, drawing: bytes = RED, table: bool = True) -> bytes:
    """A file of pages, by what is said of each, such as its `/MediaBox`."""
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + at) for at in range(len(pages)))
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        stream(drawing),
        *(b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R %s >>" % said for said in pages),
        table=table,
    )


def packed(pages: Sequence[bytes]) -> bytes:
    """A file whose objects lie in a compressed stream, and their places in another."""
    kids = b" ".join(b"%d 0 R" % (5 + at) for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
    ]
    inside = {1: objects[0], 2: objects[1]}
    inside |= {5 + at: b"<< /Type /Page /Parent 2 0 R %s >>" % one for at, one in enumerate(pages)}
    heads, data = b"", b""
    for number, one in inside.items():
        heads += b"%d %d " % (number, len(data))
        data += one + b" "
    zipped = zlib.compress(heads + data)
    said = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(inside), len(heads))
    held = {number: (3, at) for at, number in enumerate(inside)}
    return placed({3: stream(zipped, said)}, held)


def placed(objects: Mapping[int, bytes], held: Mapping[int, tuple[int, int]]) -> bytes:
    """A file of these objects, by their numbers, whose table lies in a stream; the first is the
    root of all. Others are held by streams, each by the stream's number and its place there."""
    body, rows = b"%PDF-1.7\n", {number: (2, *place) for number, place in held.items()}
    for number, one in objects.items():
        rows[number] = 1, len(body), 0
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    last = max(rows) + 1
    index = b" ".join(b"%d 1" % number for number in rows)
    table = b"".join(
        bytes([kind]) + one.to_bytes(4, "big") + two.to_bytes(2, "big")
        for kind, one, two in rows.values()
    )
    said = b"/Type /XRef /W [1 4 2] /Index [%s] /Size %d /Root 1 0 R" % (index, last)
    start = len(body)
    table = stream(zlib.compress(table), said + b" /Filter /FlateDecode")
    return body + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (last, table, start)
