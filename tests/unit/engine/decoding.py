"""The limits that images are decoded within, and the codes of what was noted of them."""

from PIL import ImageCms

from imagefile.formats import FORMATS
from inference.engine.child.decoded import Decoded
from inference.engine.types import DecodeLimits

LIMITS = DecodeLimits(tuple(FORMATS), max_pixels=1_000_000, max_side=5_000)


def codes(decoded: Decoded) -> list[str]:
    return [note.code for note in decoded.notes]


def swapped_profile() -> bytes:
    """A color profile by whose numbers red is another color than in sRGB."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = srgb.replace("sRGB".encode("utf-16-be"), "Made".encode("utf-16-be"))
    for one, other in ((b"rXYZ", b"tmp1"), (b"gXYZ", b"rXYZ"), (b"tmp1", b"gXYZ")):
        profile = profile.replace(one, other, 1)
    return profile
