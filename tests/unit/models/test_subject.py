"""How much memory it takes to find a picture's subject."""

from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from tests.shipped import MODELS, code_of

removal = code_of("background-removal", "2")
Pixels = npt.NDArray[np.uint8]

SMALL, LARGE = (600, 800), (3000, 4000)


class Network:
    """Sees a small subject at the upper edge, so that it is asked to look in every way."""

    def __init__(self) -> None:
        self.lean: list[bool] = []

    def saliency(self, _: Pixels, shape: tuple[int, int], *, is_lean: bool) -> Any:
        self.lean.append(is_lean)
        seen = np.zeros(shape, np.float32)
        seen[: shape[0] // 4, shape[1] // 4 : shape[1] // 2] = 1
        return seen


@pytest.mark.parametrize(("shape", "is_lean"), [(SMALL, False), (LARGE, True)])
def test_only_large_pictures_are_looked_at_with_little_memory(
    shape: tuple[int, int], is_lean: bool
) -> None:
    network, image = Network(), np.zeros((*shape, 3), np.uint8)
    finder = removal.subject.SubjectFinder(network)
    finder.mask(image, removal.subject.shrink(image), None)
    assert network.lean == [is_lean] * 3


@pytest.mark.slow
@pytest.mark.own_process
def test_a_lean_look_sees_the_same_and_gives_back_the_memory_of_others() -> None:
    network = removal.saliency.SaliencyNetwork(MODELS / "background-removal/2/u2netp.onnx", 1)
    image = np.zeros((320, 320, 3), np.uint8)
    image[100:200, 120:220] = (250, 80, 60)
    fast = network.saliency(image, image.shape[:2])
    kept = psutil.Process().memory_info().rss
    lean = network.saliency(image, image.shape[:2], is_lean=True)
    assert kept - psutil.Process().memory_info().rss > 50_000_000
    assert np.abs(fast - lean).max() < 0.01
