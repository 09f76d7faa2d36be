"""Draws the style pictures of `1/styles`, free of anybody's rights: `python draw.py ../1/styles`.

The network that reads them sees 256 x 256 pixels: what shall count is drawn broad, dark against
light. The same picture comes out each time.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from canvas import SIDE, Color, Picture, brush, cells, draw_line, noise, shades
from PIL import Image


def stained_glass() -> Picture:
    """Panes of glowing glass in black lead."""
    which, gap = cells(9, 90)
    colors: Sequence[Color] = (
        *((190, 30, 45), (25, 70, 160), (240, 180, 40), (30, 130, 80)),
        *((120, 50, 140), (235, 120, 40), (90, 180, 210)),
    )
    panes = np.array(colors)[np.random.default_rng(10).integers(0, len(colors), 90)]
    picture = panes[which] * (0.75 + 0.35 * noise(11, 40)[..., None])
    picture[gap < 8] = (18, 16, 18)
    return np.clip(picture, 0, 255).astype(np.uint8)


def ink() -> Picture:
    """Washes and brush strokes of black ink on paper."""
    tone = noise(12, 5) * 0.6 + noise(13, 12) * 0.3 + noise(14, 50) * 0.1
    papers = ((25, 25, 30), (90, 92, 96), (190, 188, 182), (240, 236, 226), (246, 243, 234))
    picture = shades((tone - 0.25) * 1.8, papers).astype(np.uint8)
    angle, random = noise(15, 4) * 2 * np.pi, np.random.default_rng(16)
    for _ in range(160):
        x, y = random.random(2) * SIDE
        line = []
        for _ in range(int(random.integers(8, 45))):
            line.append((x, y))
            turn = angle[int(np.clip(y, 0, SIDE - 1)), int(np.clip(x, 0, SIDE - 1))]
            x, y = x + 4 * np.cos(turn), y + 4 * np.sin(turn)
        draw_line(picture, line, (28, 27, 30), int(random.integers(1, 8)))
    return picture


def cubism() -> Picture:
    """Facets in earth colors, each shaded and hatched its own way."""
    which, gap = cells(21, 60)
    random = np.random.default_rng(22)
    colors = np.array(
        [
            (200, 170, 120),
            (120, 95, 70),
            (80, 100, 110),
            (225, 205, 165),
            (150, 70, 50),
            (60, 55, 60),
        ]
    )[random.integers(0, 6, 60)]
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    angle = random.random(60)[which] * 2 * np.pi
    shade = ((x * np.cos(angle) + y * np.sin(angle)) % 90) / 90
    base = np.clip(colors[which] * (0.6 + 0.6 * shade[..., None]), 0, 255)
    picture = brush(base, angle, 23, count=6000, length=5, width=5, jitter=16)
    picture[gap < 4] = (36, 30, 28)
    return picture


def water_lilies() -> Picture:
    """Broad dabs of rose, violet and green, as of light on a pond."""
    height = np.linspace(0, 1, SIDE)[:, None] * np.ones((1, SIDE))
    colors = ((250, 220, 160), (240, 150, 160), (130, 130, 220), (30, 120, 130), (20, 60, 90))
    base = shades(height * 0.35 + noise(3, 7) * 0.65, colors)
    angle = (noise(4, 5) - 0.5) * 1.2
    return brush(base, angle, 5, count=3200, length=7, width=14, jitter=50)


def starry_night() -> Picture:
    """Thick strokes of blue that turn around yellow lights."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    along, across = np.full((SIDE, SIDE), 1.0), np.full((SIDE, SIDE), 0.15)
    glow, rings = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for left, top, size in ((130, 130, 130), (380, 190, 150), (120, 400, 120), (360, 430, 120)):
        far = np.hypot(x - left, y - top)
        near = np.exp(-((far / size) ** 2))
        along -= 6 * near * (y - top) / (far + 1)
        across += 6 * near * (x - left) / (far + 1)
        glow += np.exp(-((far / (size * 0.3)) ** 2))
        rings += near * np.cos(far / 9 + np.arctan2(y - top, x - left))
    colors = ((8, 10, 50), (20, 50, 140), (60, 130, 210), (235, 235, 200))
    base = shades(0.38 + 0.5 * rings + 0.3 * (noise(1, 9) - 0.5), colors)
    glow = np.clip(glow, 0, 1)[..., None]
    base = base * (1 - glow) + np.array((255, 205, 40)) * glow
    angle = np.arctan2(across, along)
    return brush(base, angle, 2, count=3000, length=12, width=12, jitter=60)


def mosaic() -> Picture:
    """Small square stones of gold and sea blue, laid in rows in dark mortar."""
    blues, golds = ((10, 70, 90), (20, 130, 140)), ((150, 104, 30), (224, 170, 50), (252, 214, 100))
    colors = np.array((*blues, *golds, (255, 240, 190)))
    count = 18 * 18
    which, between = cells(6, count, spread=0.35)
    random = np.random.default_rng(7)
    sizes = np.maximum(1, np.bincount(which.ravel(), minlength=count))
    tone = np.bincount(which.ravel(), noise(8, 3).ravel(), count) / sizes
    kind = np.clip(tone * len(colors) + random.normal(0, 0.4, count), 0, len(colors) - 0.01)
    stones = colors[kind.astype(int)] + random.integers(-26, 27, (count, 1))
    picture = np.clip(stones, 0, 255)[which]
    picture[between < 5] = (52, 42, 32)
    return np.asarray(picture, np.uint8)


def tiles() -> Picture:
    """Square white tiles with one picture across them, washed in azure."""
    blues = ((0, 50, 110), (20, 120, 180), (130, 200, 226), (246, 248, 244), (250, 250, 246))
    tone = noise(40, 6) * 0.7 + noise(41, 18) * 0.3
    picture = shades((tone - 0.18) * 1.6, blues).astype(np.uint8)
    for at in range(0, SIDE + 1, 64):
        for line in ([(at, 0), (at, SIDE)], [(0, at), (SIDE, at)]):
            draw_line(picture, line, (100, 104, 104), 5)
    return picture


def woodblock() -> Picture:
    """A print in red and black on cream: flat areas, with the cuts of a gouge along them."""
    random, tone, turn = np.random.default_rng(60), noise(60, 4), noise(61, 3) * 2 * np.pi
    paper, black = (238, 224, 190), (24, 22, 24)
    picture = np.full((SIDE, SIDE, 3), paper, np.uint8)
    picture[tone > 0.5] = (180, 44, 30)
    picture[tone < 0.28] = black
    for _ in range(900):
        x, y = random.random(2) * SIDE
        angle, length = turn[int(y), int(x)], random.integers(12, 40)
        color = black if 0.28 <= tone[int(y), int(x)] <= 0.5 else paper
        end = (x + length * np.cos(angle), y + length * np.sin(angle))
        draw_line(picture, [(x, y), end], color, int(random.integers(2, 5)))
    return picture


def charcoal() -> Picture:
    """Broad dark hatching on grey paper."""
    tone = noise(19, 5)
    picture = np.full((SIDE, SIDE, 3), (214, 208, 198), np.uint8)
    random = np.random.default_rng(20)
    for turn, darker in ((-0.8, 0.8), (0.75, 0.55), (-0.1, 0.38)):
        for _ in range(1500):
            x, y = random.random(2) * SIDE
            if tone[int(y), int(x)] > darker:
                continue
            angle, length = turn + random.normal(0, 0.08), random.integers(20, 60)
            end = (x + length * np.cos(angle), y + length * np.sin(angle))
            draw_line(
                picture,
                [(x, y), end],
                (int(20 + random.integers(0, 50)),) * 3,
                int(random.integers(2, 6)),
            )
    grain = random.normal(0, 9, (SIDE, SIDE, 1))
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def pop_art() -> Picture:
    """Flat bright colors, faintly dotted, in heavy black lines."""
    colors = np.array([(252, 226, 60), (236, 70, 90), (70, 170, 220), (250, 246, 236)], np.float64)
    kind = np.clip((noise(30, 4) * 4).astype(int), 0, 3)
    picture = colors[kind]
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    picture[np.hypot((x + 8 * ((y // 16) % 2)) % 16 - 8, y % 16 - 8) < 4] *= 0.8
    edge = cv2.Laplacian(kind.astype(np.float32), cv2.CV_32F) != 0
    picture[cv2.dilate(edge.astype(np.uint8), np.ones((11, 11))) > 0] = (16, 14, 16)
    return np.asarray(picture, np.uint8)


def paper_cut() -> Picture:
    """Sheets of green paper cut out and laid over one another, each with its shadow."""
    plane = noise(33, 5) * 0.8 + noise(34, 10) * 0.2
    sheets = ((16, 60, 70), (20, 120, 120), (60, 180, 160), (160, 220, 190), (250, 246, 230))
    level = np.clip((plane - 0.12) / 0.76 * len(sheets), 0, len(sheets) - 0.01).astype(int)
    picture = np.array(sheets, np.float64)[level]
    for far in range(1, 34):
        above = np.pad(level, ((far, 0), (far // 2, 0)), mode="edge")[:SIDE, :SIDE]
        picture[above > level] *= 0.946
    return np.asarray(picture, np.uint8)


STYLES: dict[str, Callable[[], Picture]] = {
    "stained-glass": stained_glass,
    "ink": ink,
    "cubism": cubism,
    "water-lilies": water_lilies,
    "starry-night": starry_night,
    "mosaic": mosaic,
    "tiles": tiles,
    "woodblock": woodblock,
    "charcoal": charcoal,
    "pop-art": pop_art,
    "paper-cut": paper_cut,
}


if __name__ == "__main__":
    for name, drawn in STYLES.items():
        small = cv2.resize(drawn(), (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
        Image.fromarray(small).save(Path(sys.argv[1]) / f"{name}.png", optimize=True)
