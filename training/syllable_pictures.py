"""Printed syllables, drawn in the fonts that this system has, and as photos show them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torch.nn import functional

from training.syllable_network import SIDE

FOLDER: Final = Path("/usr/share/fonts")
FILES: Final = (
    "nanum/Nanum[BGMS]*.ttf",
    "unfonts-core/Un*.ttf",
    "baekmuk/*.ttf",
    "naver-d2coding/*.ttc",
    "noto/NotoS*CJK-*.ttc",
)
PACKAGES: Final = (
    "fonts-nanum",
    "fonts-nanum-extra",
    "fonts-unfonts-core",
    "fonts-baekmuk",
    "fonts-naver-d2coding",
    "fonts-noto-cjk",
    "fonts-noto-cjk-extra",
)
UNFIT: Final = ("YetHangul", "Brush", "_ac", "Pilgi", "Thin", "ExtraLight")
KOREAN_FACE: Final = 1
"""Of Noto's collections."""
LETTER: Final = 32
"""Of the syllable in its picture at most, in pixels."""
DRAWN: Final = 44
"""The size in which it is drawn, in pixels."""
NO_SYLLABLES: Final = 700
"""Pictures of each font that are no syllable."""
LATIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?()@&"
COARSE: Final = (14, 16, 18, 20, 24, 28, SIDE)
"""Sides in pixels of what a photo may have left of a syllable."""

Ink = npt.NDArray[np.uint8]
"""(H, W), 0 is paper."""


def fonts() -> list[Path]:
    """The fonts to draw in.

    Raises:
        FileNotFoundError: there are none of some package.
    """
    found = []
    for pattern in FILES:
        files = sorted(FOLDER.glob(f"*/{pattern}"))
        if not files:
            raise FileNotFoundError(f"No font {pattern}: install {', '.join(PACKAGES)}.")
        found += [file for file in files if not any(word in file.name for word in UNFIT)]
    return found


def syllables() -> list[str]:
    """The 2,350 of KS X 1001."""
    codes = (bytes([first, second]) for first in range(0xB0, 0xC9) for second in range(0xA1, 0xFF))
    letters = (code.decode("euc-kr", "ignore") for code in codes)
    return [letter for letter in letters if len(letter) == 1 and "가" <= letter <= "힣"]


def pictures(
    font: Path, letters: Sequence[str], random: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Pictures (N, 36, 36; 0 to 255) in a font, and the number of each in Unicode's row.

    Among them are parts of syllables, pairs of them and Latin letters, with the number -1.
    """
    index = KOREAN_FACE if font.name.startswith("Noto") else 0
    face = ImageFont.truetype(str(font), DRAWN, index=index)
    missing = _drawn(face, "\uf8ff")
    drawn = {letter: _drawn(face, letter) for letter in letters}
    drawn = {key: ink for key, ink in drawn.items() if not np.array_equal(ink, missing)}
    found = [(_fitted(ink), ord(letter) - ord("가")) for letter, ink in drawn.items()]
    known = list(drawn.values())
    for _ in range(NO_SYLLABLES if known else 0):
        one, other = (known[at] for at in random.integers(len(known), size=2))
        latin = "".join(random.choice(list(LATIN), random.integers(1, 4)))
        found.append((_fitted(_none(one, other, _drawn(face, latin), random)), -1))
    kept = [(picture, number) for picture, number in found if picture is not None]
    shown = np.array([picture for picture, _ in kept], np.uint8).reshape(-1, SIDE, SIDE)
    numbers = np.array([number for _, number in kept], np.int64)
    return torch.from_numpy(shown), torch.from_numpy(numbers)


def varied(batch: Tensor, random: np.random.Generator) -> Tensor:
    """Pictures (N, 36, 36; 0 to 255) as photos show them, (N, 1, 36, 36) in 0 to about 1.

    They are askew, coarse, pale and noisy.
    """
    count = len(batch)
    values = batch[:, None].float() / 255
    turns = torch.zeros(count, 2, 3)
    scale, aspect = 1 + torch.randn(2, count) * torch.tensor([[0.05], [0.04]])
    turns[:, 0, 0], turns[:, 1, 1] = aspect / scale, 1 / (scale * aspect)
    turns[:, 0, 1], turns[:, 1, 0] = torch.randn(count) * 0.05, torch.randn(count) * 0.02
    turns[:, :, 2] = torch.randn(count, 2) * 0.05
    grid = functional.affine_grid(turns, list(values.shape), align_corners=False)
    values = functional.grid_sample(values, grid, align_corners=False)
    side = int(random.choice(COARSE))
    if side < SIDE:
        coarse = functional.interpolate(values, size=(side, side), mode="area")
        values = functional.interpolate(coarse, size=(SIDE, SIDE), mode="bicubic")
    strength = 0.6 + 0.5 * torch.rand(count, 1, 1, 1)
    values = (values * strength).clamp(0, 1) ** torch.exp(torch.randn(count, 1, 1, 1) * 0.3)
    noise = torch.randn_like(values) * 0.08 * torch.rand(count, 1, 1, 1)
    return (values + noise).clamp(0, 1.1)


def _none(one: Ink, other: Ink, latin: Ink, random: np.random.Generator) -> Ink:
    """A part of a syllable, parts of two, two whole ones, or Latin letters."""
    width, beside = one.shape[1] - 24, other.shape[1] - 24
    match int(random.integers(5)):
        case 0:
            return one[:, : 12 + int(width * random.uniform(0.3, 0.72))]
        case 1:
            return one[:, 12 + int(width * random.uniform(0.28, 0.7)) :]
        case 2:
            left = one[:, 12 + int(width * random.uniform(0.25, 0.75)) : -10]
            right = other[:, 10 : 12 + int(beside * random.uniform(0.2, 0.75))]
            return np.concatenate([left, right], axis=1)
        case 3:
            return np.concatenate([one[:, :-8], other[:, 8:]], axis=1)
        case _:
            return latin


def _drawn(face: ImageFont.FreeTypeFont, text: str) -> Ink:
    image = Image.new("L", (int(face.getlength(text)) + 24, 80))
    ImageDraw.Draw(image).text((12, 8), text, fill=255, font=face)
    return np.asarray(image)


def _fitted(ink: Ink) -> Ink | None:
    """The ink as large as fits and in the middle, (36, 36); None: there is none."""
    rows, columns = np.nonzero(ink > 60)
    if not len(rows):
        return None
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = LETTER / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    way = Image.Resampling.LANCZOS if scale > 1 else Image.Resampling.BOX
    fitted = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    small = Image.fromarray(np.ascontiguousarray(ink)).resize((width, height), way)
    fitted[top : top + height, left : left + width] = np.asarray(small)
    return fitted
