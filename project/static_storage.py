"""Where static files are collected: hashed, compressed, and modules as they are to be served."""

from typing import Any, Final

from django.core.files.base import ContentFile, File
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from frontend.modules import as_served

_MODULES: Final = "frontend/js/"


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """WhiteNoise's, with gzip alone: Brotli, which it uses where some other package happens to
    bring it, would make the first start take a minute longer."""

    def create_compressor(self, **options: Any) -> Compressor:
        """What compresses each file."""
        return Compressor(**options, use_brotli=False)

    def _save(self, name: str, content: "File[bytes]") -> str:
        if name.startswith(_MODULES) and name.endswith(".js"):
            source = b"".join(content.chunks()).decode()
            content = ContentFile(as_served(source).encode())
        saved: str = super()._save(name, content)
        return saved
