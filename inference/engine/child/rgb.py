"""Decoded pixels of every mode become RGB, and RGBA where they have transparency: in the child."""

import io
from typing import Final

import numpy as np
from PIL import Image, ImageCms

_DEEPEST: Final = 65535
"""White in 16 bits."""


def to_rgb(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """The image in 8 bits of RGB: transparency is shown on white, colors are sRGB."""
    image = _opaque(_eight_bit(image))
    if icc_profile:
        image = _srgb(image, icc_profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def to_rgba(image: Image.Image, icc_profile: bytes | None) -> Image.Image | None:
    """The image in 8 bits of RGBA, colors in sRGB and not multiplied by alpha; None: it is opaque.

    Where alpha is 0, colors are what the file has there.
    """
    image = _eight_bit(image)
    if not image.has_transparency_data:
        return None
    colored = image if image.mode == "RGBA" else image.convert("RGBA")
    alpha = colored.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return None
    if not icc_profile:
        return colored
    converted = _srgb(colored.convert("RGB"), icc_profile)
    converted.putalpha(alpha)
    return converted


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode == "La":
        return image.convert("LA")
    if not image.mode.startswith("I"):
        return image
    deep = np.clip(np.asarray(image), 0, _DEEPEST).astype(np.uint32)
    gray = ((deep * 255 + _DEEPEST // 2) // _DEEPEST).astype(np.uint8)
    transparent = image.info.get("transparency")
    if transparent is None:
        return Image.fromarray(gray)
    # Among 256 shades the transparent one would be the same as its neighbors.
    alpha = np.where(deep == transparent, 0, 255).astype(np.uint8)
    return Image.merge("LA", (Image.fromarray(gray), Image.fromarray(alpha)))


def _opaque(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        colored = image if image.mode == "RGBA" else image.convert("RGBA")
        white = Image.new("RGBA", colored.size, "white")
        return Image.alpha_composite(white, colored).convert("RGB")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A profile that is broken or made for other colors: its numbers are taken as sRGB.
        return image
    return converted or image
