"""Where static files are collected: hashed and compressed."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """WhiteNoise's, with gzip alone: Brotli, which it uses where some other package happens to
    bring it, would make the first start take a minute longer."""

    def create_compressor(self, **options: Any) -> Compressor:
        """What compresses each file."""
        return Compressor(**options, use_brotli=False)
