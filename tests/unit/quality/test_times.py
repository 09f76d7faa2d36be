"""Each case of the command `times` names a model that is shipped, with a file of its kind."""

import io

import pytest
from PIL import Image

from quality.fonts import missing_for_tests
from quality.times import CASES, KINDS, take
from tests.shipped import MODELS

SMALL = ("text-en", "text-ko-en", "cutout-512")


@pytest.mark.parametrize("name", CASES)
def test_a_case_names_a_shipped_model(name: str) -> None:
    assert (MODELS / CASES[name].model / "model.toml").is_file()
    assert CASES[name].model in KINDS


@pytest.mark.parametrize("name", SMALL)
def test_a_case_has_a_file(name: str) -> None:
    if packages := missing_for_tests():
        pytest.skip(f"fonts are missing: install {' '.join(packages)}")
    assert min(Image.open(io.BytesIO(CASES[name].image())).size) > 100


@pytest.mark.slow
def test_what_an_image_takes_is_told() -> None:
    taken = take(CASES["cutout-512"], threads=1)
    assert taken.wall_seconds > 0
    assert taken.cpu_seconds > 0
    assert taken.mebibytes > 100
