"""The fonts that pages are set in, found by their file names where the system has them."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


@dataclass(frozen=True)
class Font:
    """A font file and the languages whose pages it sets."""

    name: str
    file: str
    package: str
    """The Debian package that has it."""
    languages: tuple[str, ...]
    index: int = 0
    """Of the face in a collection."""

    @property
    def path(self) -> Path | None:
        """Where it lies; None: it is not installed."""
        return _installed().get(self.file)

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font at so many pixels.

        Raises:
            FileNotFoundError: it is not installed.
        """
        if self.path is None:
            raise FileNotFoundError(f"{self.file} is missing: install {self.package}.")
        return ImageFont.truetype(str(self.path), size, index=self.index)


_KOREAN: Final = ("ko", "ko_en")
FONTS: Final = (
    Font("dejavu-sans", "DejaVuSans.ttf", "fonts-dejavu-core", ("en",)),
    Font("dejavu-serif", "DejaVuSerif.ttf", "fonts-dejavu-core", ("en",)),
    Font("liberation-serif", "LiberationSerif-Regular.ttf", "fonts-liberation", ("en",)),
    Font("loma", "Loma.ttf", "fonts-tlwg-loma-ttf", ("th",)),
    Font("lohit-devanagari", "Lohit-Devanagari.ttf", "fonts-lohit-deva", ("hi",)),
    Font("nanum-gothic", "NanumGothic.ttf", "fonts-nanum", _KOREAN),
    Font("nanum-myeongjo", "NanumMyeongjo.ttf", "fonts-nanum", _KOREAN),
    Font("noto-sans-kr", "NotoSansCJK-Regular.ttc", "fonts-noto-cjk", _KOREAN, 1),
    Font("noto-serif-kr", "NotoSerifCJK-Regular.ttc", "fonts-noto-cjk", _KOREAN, 1),
    Font("wqy-microhei", "wqy-microhei.ttc", "fonts-wqy-microhei", ("zh", "ja")),
    Font("noto-sans-jp", "NotoSansCJK-Regular.ttc", "fonts-noto-cjk", ("ja",), 0),
    Font("noto-serif-jp", "NotoSerifCJK-Regular.ttc", "fonts-noto-cjk", ("ja",), 0),
    Font("noto-sans-sc", "NotoSansCJK-Regular.ttc", "fonts-noto-cjk", ("zh",), 2),
    Font("noto-serif-sc", "NotoSerifCJK-Regular.ttc", "fonts-noto-cjk", ("zh",), 2),
)
MINIMAL_FONT: Final = FONTS[0]
"""It has the letters of many scripts."""
_MINIMAL: Final = (
    *("fonts-dejavu-core", "fonts-nanum", "fonts-wqy-microhei"),
    *("fonts-tlwg-loma-ttf", "fonts-lohit-deva"),
)
"""The packages that set at least one page of each language."""


def installed(language: str) -> Sequence[Font]:
    """The fonts on this system that set pages of a language."""
    return [font for font in FONTS if language in font.languages and font.path]


def missing() -> Sequence[str]:
    """The packages that would bring the fonts which this system lacks."""
    return sorted({font.package for font in FONTS if font.path is None})


def missing_for_tests() -> Sequence[str]:
    """Those of them without which some language has no page."""
    return [package for package in missing() if package in _MINIMAL]


@cache
def _installed() -> dict[str, Path]:
    return {path.name: path for path in _files()}


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for pattern in ("*.ttf", "*.ttc", "*.otf"):
            yield from Path(folder).expanduser().rglob(pattern)


def _main() -> int:
    """Print the packages that the tests lack; the exit status is 1 where there are some."""
    packages = missing_for_tests()
    sys.stdout.write(" ".join(packages))
    return int(bool(packages))


if __name__ == "__main__":
    sys.exit(_main())
