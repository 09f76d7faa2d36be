"""What is acknowledged is on the disk with every folder that leads to it."""

from pathlib import Path

import pytest

from inference.atomic_file import write_atomically
from tests.integration.conftest import Uploads
from uploads.models import Image, User
from uploads.storage import volume


@pytest.mark.django_db(transaction=True)
def test_an_original_is_flushed_with_every_folder_up_to_the_storages_own(
    ada: User, upload: Uploads, media: Path, flushes: list[Path]
) -> None:
    stored = upload(ada)
    images = media / stored.upload_path / "images"
    assert (media / Image.objects.get().image_path).parent == images
    assert set(flushes) >= {images, images.parent, images.parent.parent, media}


@pytest.mark.django_db(transaction=True)
def test_the_marker_of_a_new_storage_is_flushed_with_the_folder(
    media: Path, flushes: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume, "TRUSTED_SECONDS", 0.0)
    assert volume.problem() is None
    assert set(flushes) >= {media, media.parent}


def test_a_result_is_flushed_with_every_folder_that_was_made_for_it(
    tmp_path: Path, flushes: list[Path]
) -> None:
    target = tmp_path / "results" / "7" / "1" / "output.png"
    write_atomically(target, lambda file: [file.write(b"png")].clear())
    assert set(flushes) >= {tmp_path, tmp_path / "results", target.parent.parent, target.parent}
    assert target.read_bytes() == b"png"
