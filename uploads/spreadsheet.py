"""Cells that a spreadsheet shows and does not compute."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any, Final

# As OWASP lists what begins a formula (CSV injection), also in its full-width forms.
_FORMULA: Final = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def safe(value: Any) -> Any:
    """A cell: text that a spreadsheet would compute has an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def csv_rows(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV (RFC 4180), each cell made safe."""
    text = io.StringIO()
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()
