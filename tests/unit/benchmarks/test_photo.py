"""What every system is sent."""

import io

from PIL import Image

from benchmarks.photo import distinct_photos, photo


def test_the_photo_is_what_the_figures_are_told_for() -> None:
    assert 65_000 < len(photo()) < 71_000
    assert Image.open(io.BytesIO(photo())).size == (512, 512)


def test_no_two_photos_have_the_same_bytes_and_all_show_the_same() -> None:
    one = distinct_photos()
    files = [one() for _ in range(3)]
    assert len(set(files)) == 3
    pictures = [Image.open(io.BytesIO(file)).convert("RGB").tobytes() for file in files]
    assert len(set(pictures)) == 1
