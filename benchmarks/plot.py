"""The bars as a picture: an SVG that reads on light and on dark pages."""

import math
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.bars import Bar, bars
from benchmarks.markdown import number
from benchmarks.results import Results

WIDTH: Final = 900
LABEL: Final = 400
VALUE: Final = 110
ROW: Final = 26
LEAST, MOST = -3, 4
"""The scale, in powers of two around the limit: from an eighth to sixteen times."""

STYLE: Final = """
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.value, .scale { fill: #59636e; font-size: 12px }
.reached { fill: #1a7f37 } .missed { fill: #cf222e }
.line { stroke: #8c959f; stroke-width: 1 } .limit { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .value, .scale { fill: #9198a1 }
  .reached { fill: #3fb950 } .missed { fill: #f85149 }
  .line { stroke: #3d444d } .limit { stroke: #e6edf3 }
}
"""


def svg(results: Results) -> str:
    """Each bar that has a limit and a figure: how far it is from its limit, left being better."""
    told = [(bar, bar.value(results)) for bar in bars()]
    rows = [(bar, value) for bar, value in told if bar.is_reached(value) is not None]
    height = ROW * (len(rows) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>How far each figure is from its limit</title>",
        f"<style>{STYLE}</style>",
    ]
    for power in range(LEAST, MOST + 1):
        x = _x(2.0**power)
        kind = "limit" if power == 0 else "line"
        scale = "limit" if power == 0 else f"{2**power}x" if power > 0 else f"1/{2**-power}"
        below = height - ROW / 2
        parts.append(f'<line class="{kind}" x1="{x}" y1="{ROW}" x2="{x}" y2="{below}"/>')
        parts.append(f'<text class="scale" x="{x}" y="18" text-anchor="middle">{scale}</text>')
    for position, (bar, value) in enumerate(rows):
        parts += _row(bar, value, ROW * (position + 1.5))
    return "\n".join([*parts, "</svg>\n"])


def _row(bar: Bar, value: float, y: float) -> list[str]:
    kind = "reached" if bar.is_reached(value) else "missed"
    begin, end = sorted((_x(1.0), _x(distance(bar, value))))
    assert bar.limit is not None  # noqa: S101  # only such are drawn
    sign = "≤" if bar.less_is_better else "≥"
    figure = f"{number(value)} ({sign} {number(bar.limit)})"
    return [
        f'<text x="{LABEL - 12}" y="{y + 5}" text-anchor="end">{escape(bar.name)}</text>',
        f'<rect class="{kind}" x="{begin}" y="{y - 7}" width="{max(2.0, end - begin):.1f}" '
        'height="14" rx="2"/>',
        f'<text class="value" x="{WIDTH - 4}" y="{y + 5}" text-anchor="end">{figure}</text>',
    ]


def distance(bar: Bar, value: float) -> float:
    """The figure as a multiple of its limit, turned so that less than 1 is within it."""
    if not bar.limit:
        return math.nan
    if bar.less_is_better:
        return value / bar.limit
    return bar.limit / value if value else math.inf


def _x(multiple: float) -> float:
    power = math.log2(multiple) if multiple > 0 else LEAST
    share = (min(max(power, LEAST), MOST) - LEAST) / (MOST - LEAST)
    return round(LABEL + share * (WIDTH - LABEL - VALUE), 1)
