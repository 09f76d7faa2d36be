"""Recognized text as hOCR 1.2: XHTML that says where each line stands."""

from collections.abc import Mapping
from html import escape
from typing import Any

from uploads.exports.documents.lines import Line, lines_of, printable


def hocr(output: Mapping[str, Any], *, name: str, width: int, height: int, model: str) -> str:
    """A page; `width` and `height` are the upright picture's, in pixels."""
    language = escape(str(output.get("language") or ""))
    lines = "\n".join(
        _line(number, line, width, height) for number, line in enumerate(lines_of(output), 1)
    )
    title = escape(printable(name))
    # Within the title, the file's name stands in quotes of its own.
    image = escape(printable(name).replace("\\", "_").replace('"', "_"))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}" lang="{language}">
<head>
<title>{title}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
<meta name="ocr-system" content="{escape(f"Darkroom {model}")}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_line"/>
</head>
<body>
<div class="ocr_page" id="page_1" title="image &quot;{image}&quot;; bbox 0 0 {width} {height}">
{lines}
</div>
</body>
</html>
"""


def _line(number: int, line: Line, width: int, height: int) -> str:
    columns, rows = zip(*line.corners, strict=True)
    left, right = (_within(value, width) for value in (min(columns), max(columns)))
    top, bottom = (_within(value, height) for value in (min(rows), max(rows)))
    title = f"bbox {left} {top} {right} {bottom}"
    if angle := round(line.angle, 1):
        title += f"; textangle {angle:g}"
    text = escape(line.text)
    return f'<span class="ocr_line" id="line_1_{number}" title="{title}">{text}</span><br/>'


def _within(value: float, most: int) -> int:
    return min(max(round(value), 0), most)
