"""Thumbnails by a child process of their own: made, refused, and gone when nothing is wanted."""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from PIL import Image

from inference.engine import thumbnailer as thumbnailer_module
from inference.engine.confinement import Reach
from inference.engine.thumbnailer import PROGRAM, Thumbnailer, Unmade
from inference.engine.types import DecodeLimits
from tests.image_files import exif, picture
from tests.pdf_files import document
from tests.photos import encoded
from tests.unit.engine.processes import gone

pytestmark = pytest.mark.slow

LIMITS = DecodeLimits(("JPEG", "PNG", "PDF"), max_pixels=50_000_000, max_side=20_000)


class Studio:
    """A thumbnailer and a folder that it reaches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.thumbnailer = Thumbnailer(LIMITS, Reach(writes=[folder]))

    @property
    def thumbnail(self) -> Path:
        """Where the last one was to be written."""
        return self.folder / "thumbnails" / "1.jpg"

    @property
    def display(self) -> Path:
        """Where its larger picture was to be written."""
        return self.folder / "thumbnails" / "1-display.jpg"

    async def make(self, source: Path, page: int = 1) -> str | Unmade:
        return await self.thumbnailer.make(source, page, self.thumbnail, self.display)

    async def make_of(self, content: bytes, page: int = 1) -> str | Unmade:
        """Of a file that holds these bytes."""
        source = self.folder / "source"
        source.write_bytes(content)
        return await self.make(source, page)


def processes() -> list[psutil.Process]:
    """This process's children that make thumbnails."""
    return [one for one in psutil.Process().children() if PROGRAM in one.cmdline()]


@pytest_asyncio.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    made = Studio(tmp_path)
    yield made
    await made.thumbnailer.close()
    assert processes() == []


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo that lies on its side, with metadata that is nobody's business."""
    path = tmp_path / "photo.jpg"
    picture(size=(800, 400)).save(path, "JPEG", exif=exif(6), comment=b"where I live")
    return path


async def test_a_thumbnail_is_upright_and_says_nothing_of_the_original(
    studio: Studio, photo: Path
) -> None:
    assert isinstance(await studio.make(photo), str)
    with Image.open(studio.thumbnail) as image:
        assert (image.format, image.size) == ("JPEG", (160, 320))
        assert not image.getexif()
    assert b"where I live" not in studio.thumbnail.read_bytes()
    assert not studio.display.exists()


async def test_a_page_of_a_document_has_a_thumbnail_and_a_larger_picture(studio: Studio) -> None:
    pages = [b"/MediaBox [0 0 300 200]", b"/MediaBox [0 0 200 300]"]
    assert isinstance(await studio.make_of(document(*pages), page=2), str)
    with Image.open(studio.thumbnail) as image, Image.open(studio.display) as display:
        assert image.height > image.width
        assert display.height > display.width


async def test_a_broken_file_is_refused_for_good_and_the_next_is_made(
    studio: Studio, photo: Path
) -> None:
    assert await studio.make_of(encoded(picture(), "JPEG")[:300]) is Unmade.NEVER
    assert await studio.make(studio.folder / "gone.jpg") is Unmade.NEVER
    assert isinstance(await studio.make(photo), str)
    assert len(processes()) == 1


async def test_a_storage_that_takes_nothing_now_is_tried_again_later(
    studio: Studio, photo: Path
) -> None:
    studio.thumbnail.parent.write_bytes(b"no folder")
    assert await studio.make(photo) is Unmade.NOT_NOW


async def test_a_file_that_takes_too_long_or_too_much_costs_its_process_alone(
    studio: Studio, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnailer_module, "TIMEOUT_SECONDS", 0.0)
    assert await studio.make(photo) is Unmade.NEVER
    assert processes() == []
    monkeypatch.undo()
    monkeypatch.setattr(thumbnailer_module, "MEMORY_LIMIT_MB", 1)
    assert await studio.make(photo) is Unmade.NEVER
    assert processes() == []
    monkeypatch.undo()
    assert isinstance(await studio.make(photo), str)


@pytest.mark.parametrize(
    ("number", "became"), [(signal.SIGSEGV, Unmade.NEVER), (signal.SIGKILL, Unmade.NOT_NOW)]
)
async def test_a_crash_is_the_files_doing_and_a_kill_perhaps_not(
    studio: Studio, photo: Path, number: signal.Signals, became: Unmade
) -> None:
    assert isinstance(await studio.make(photo), str)
    (process,) = processes()
    # As if it happened with the next image: its answer never comes.
    process.suspend()
    os.kill(process.pid, number)
    process.resume()
    assert await studio.make(photo) is became
    assert isinstance(await studio.make(photo), str)


async def test_at_rest_there_is_no_process(
    studio: Studio, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(await studio.make(photo), str)
    (process,) = processes()
    await studio.thumbnailer.rest()
    assert process.is_running()
    monkeypatch.setattr(thumbnailer_module, "IDLE_SECONDS", 0.0)
    await studio.thumbnailer.rest()
    await gone(process.pid)


async def test_the_process_lets_models_go_first_and_reaches_no_more_than_they_do(
    studio: Studio, photo: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert isinstance(await studio.make(photo), str)
    (process,) = processes()
    assert process.nice() == 10
    outside = tmp_path_factory.mktemp("elsewhere") / "secret.jpg"
    shutil.copy(photo, outside)
    assert isinstance(await studio.make(outside), Unmade)
