"""Draws the page's icons as PNG files, where systems take no SVG: `python -m frontend.icons`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

FOLDER: Final = Path(__file__).resolve().parent / "static" / "frontend" / "img"
GROUND: Final = "#140d0d"
INK: Final = "#ff5a45"
SMOOTH: Final = 4
"""Drawn so much larger, then made small."""
BOX: Final = 24
"""The side of the drawing's own coordinates, those of the page's logo."""
BLADES: Final = (
    ((12, 3), (16.5, 10.8)),
    ((20.4, 9), (11.4, 9)),
    ((19.8, 16.5), (15.3, 8.7)),
    ((12, 21), (7.5, 13.2)),
    ((3.6, 15), (12.6, 15)),
    ((4.2, 7.5), (8.7, 15.3)),
)
SIZES: Final = {"icon-192": (192, 0.72), "icon-512": (512, 0.72), "icon-maskable-512": (512, 0.56)}
"""For each file the side in pixels, and how much of it the drawing takes: of a maskable icon
systems may cut off all but the middle four fifths."""


def drawn(side: int, share: float) -> Image.Image:
    """The icon, `side` pixels wide and high, its drawing taking that share of it."""
    large = side * SMOOTH
    image = Image.new("RGB", (large, large), GROUND)
    draw = ImageDraw.Draw(image)
    scale = large * share / BOX
    start = large * (1 - share) / 2
    width = round(1.7 * scale)

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return start + point[0] * scale, start + point[1] * scale

    # Pillow draws a circle's line inwards from its box.
    around = 9 + 1.7 / 2
    draw.ellipse((at((12 - around,) * 2), at((12 + around,) * 2)), outline=INK, width=width)
    for line in BLADES:
        draw.line([at(point) for point in line], fill=INK, width=width)
        for x, y in map(at, line):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=INK)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def files() -> Iterator[tuple[Path, Image.Image]]:
    """Where each icon belongs, and what it looks like."""
    for name, (side, share) in SIZES.items():
        yield FOLDER / f"{name}.png", drawn(side, share)
    yield FOLDER / "touch-icon-180.png", drawn(180, 0.72)


if __name__ == "__main__":
    for path, image in files():
        image.quantize(32).save(path, optimize=True)
