"""Pages that a browser draws have a right reading, and are the same each time."""

import numpy as np
import pytest

from quality.scene_pages import SCENES, Source
from quality.scene_photos import TAKEN
from quality.scenes import KINDS, wrong_lines
from quality.texts import TEXT_SETS, labels


def source(language: str = "ko") -> Source:
    return Source(language, "tuning", np.random.default_rng(5))


@pytest.mark.parametrize("kind", SCENES)
def test_a_page_is_made_of_lines_and_the_same_for_the_same_seed(kind: str) -> None:
    body = SCENES[kind](source("ja"))
    assert body == SCENES[kind](source("ja"))
    assert body.count('class="text') + body.count('class="row') >= 2


@pytest.mark.parametrize("taken", TAKEN)
def test_a_photo_of_a_page_is_the_same_for_the_same_seed(taken: str) -> None:
    page = np.full((120, 160, 3), 250, np.uint8)
    page[50:60, 30:130] = 0
    one, other = (TAKEN[taken](page, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one, other)
    assert one.std() > 5


def test_every_kind_of_page_is_measured() -> None:
    assert {kind for kind, _, _ in KINDS} == set(SCENES)
    assert {taken for _, taken, _ in KINDS} == set(TAKEN)


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_no_label_is_in_both_sets(language: str) -> None:
    held_out, tuning = (set(labels(language, name)) for name in TEXT_SETS)
    assert len(held_out) >= 15
    assert not held_out & tuning


def test_a_line_is_right_where_it_stands_whole_in_what_was_read() -> None:
    read = "두부 한 모 8,200\n합계 9,000원"
    assert wrong_lines(["두부 한모 8,200원", "합계 9,000원"], read) == ["두부 한모 8,200원"]
