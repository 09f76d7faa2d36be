"""Real photos, and files that only claim to be."""

import io
from functools import cache
from pathlib import Path
from typing import Any

import skimage.data
from PIL import Image


@cache
def photo(name: str, kind: str = "PNG") -> bytes:
    """A photo of scikit-image's collection as the bytes of a file."""
    return encoded(Image.fromarray(getattr(skimage.data, name)()), kind)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """An image as the bytes of a file."""
    body = io.BytesIO()
    image.save(body, kind, **options)
    return body.getvalue()


def tiny(shade: int = 128, size: tuple[int, int] = (8, 6)) -> bytes:
    """A PNG of one color."""
    return encoded(Image.new("RGB", size, (shade, shade, shade)))


def on_disk(folder: Path, *names: str) -> list[Path]:
    """Photos as files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in names:
        path = folder / f"{name}.png"
        path.write_bytes(photo(name))
        paths.append(path)
    return paths
