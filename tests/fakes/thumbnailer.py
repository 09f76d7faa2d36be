"""The process that makes thumbnails, as a worker sees it."""

from pathlib import Path

from inference.engine.thumbnailer import Unmade
from tests.fakes.engine import THUMBHASH


class FakeThumbnailer:
    """Writes what stands for thumbnails, or does as told."""

    def __init__(self, made: str | Unmade = THUMBHASH) -> None:
        self.made = made
        self.sources: list[Path] = []
        self.rests = 0

    async def make(self, source: Path, page: int, thumbnail: Path, display: Path) -> str | Unmade:
        """Notes what was wanted."""
        self.sources.append(source)
        if isinstance(self.made, str):
            thumbnail.parent.mkdir(parents=True, exist_ok=True)
            thumbnail.write_bytes(b"a thumbnail")  # noqa: ASYNC240  # a fake
        return self.made

    async def rest(self) -> None:
        """Nothing was due."""
        self.rests += 1

    async def close(self) -> None:
        """Has no process."""
