"""The command `catalog`: what it measures is there, and how near pictures are is told rightly."""

import numpy as np
import pytest
from PIL import Image

from inference.weights.catalog import CATALOG, read_catalog
from quality.catalog import MEASURES, NAMED, nearness
from quality.served import served
from tests.shipped import MODELS


def test_each_model_that_is_measured_is_one_of_the_catalog() -> None:
    assert set(MEASURES) <= set(read_catalog())


def test_each_name_that_is_accepted_is_one_that_can_be_given() -> None:
    given = set((CATALOG / "classify" / "labels.txt").read_text().splitlines())
    assert {name for names in NAMED.values() for name in names} <= given


def test_a_picture_that_is_off_by_one_everywhere_is_48_decibels_away() -> None:
    picture = np.full((40, 30, 3), 100, np.uint8)
    off = np.full((40, 30, 3), 101, np.uint8)
    off[:8] = 0
    assert nearness(picture, off) == pytest.approx(48.13, abs=0.01)


@pytest.mark.slow
def test_a_model_answers_from_a_process_of_its_own_whose_peak_is_told() -> None:
    with Image.open(MODELS / "digits" / "sample.jpg") as photo:
        pixels = np.array(photo)
    with served("digits", MODELS) as model:
        answer = model.ask(pixels)
    assert answer.output["labels"][0]["label"] == "5"
    assert answer.picture is None
    assert answer.cpu_seconds > 0
    assert answer.mebibytes > 20
