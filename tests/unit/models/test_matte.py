"""When a cut-out is not sure, from masks that are drawn here."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tests.shipped import code_of

removal = code_of("background-removal", "2")
SIDE = 400


def is_hazy(mask: npt.NDArray[Any]) -> bool:
    """Of a picture in which the mask is all there is to see."""
    image = np.repeat(np.rint(60 + 120 * mask).astype(np.uint8)[..., None], 3, axis=2)
    return bool(removal.matte.Matte(image, image, mask.astype(np.float32)).is_hazy)


def disc(radius: int) -> npt.NDArray[Any]:
    mask = np.zeros((SIDE, SIDE), np.float32)
    cv2.circle(mask, (SIDE // 2, SIDE // 2), radius, 1.0, -1)
    return mask


def test_a_subject_with_an_edge_is_sure_however_small_or_thin() -> None:
    thin = np.zeros((SIDE, SIDE), np.float32)
    thin[40:360, 197:203] = 1
    for mask in (disc(120), disc(12), cv2.GaussianBlur(thin, (0, 0), 1.5)):
        assert not is_hazy(mask)


def test_a_subject_that_fades_into_what_is_around_it_is_not_sure() -> None:
    assert is_hazy(cv2.GaussianBlur(disc(60), (0, 0), 30))


def test_a_soft_rim_around_a_large_subject_leaves_it_sure() -> None:
    assert not is_hazy(cv2.GaussianBlur(disc(180), (0, 0), 6))
