"""The limits that images are decoded within, and the codes of what was noted of them."""

from inference.engine.child.decode import Decoded
from inference.engine.types import DecodeLimits

LIMITS = DecodeLimits(("JPEG", "PNG", "WEBP"), max_pixels=1_000_000, max_side=5_000)


def codes(decoded: Decoded) -> list[str]:
    return [note.code for note in decoded.notes]
