"""Requests of tensors on their way through batches: places, shapes, order."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.engine.types import Computed, Outcome, Tensor, TensorJob

pytestmark = pytest.mark.slow

CONFIG = """
max_batch_size = 4
batching.max_queue_delay_ms = 100
[[inputs]]
name = "x"
datatype = "FP32"
shape = [-1]
[[outputs]]
name = "y"
datatype = "FP32"
shape = [-1]
"""
CODE = """
import time
from pathlib import Path

class Model:
    def __init__(self, context):
        while not (context.files.parent.parent / "go").exists():
            time.sleep(0.01)

    def infer(self, tensors):
        return {"y": tensors["x"] * 2}
"""


@pytest.fixture
def let_go(repository: Path) -> Callable[[], None]:
    """Adds a model that loads once this is called."""
    folder = repository / "doubler"
    (folder / "1").mkdir(parents=True)
    (folder / "model.toml").write_text(CONFIG)
    (folder / "1" / "model.py").write_text(CODE)
    return (repository / "go").touch


def request(values: list[list[float]], number: int = 1) -> TensorJob:
    array = np.array(values, "<f4")
    return TensorJob(
        id=-number,
        attempt=1,
        model="doubler",
        version="1",
        inputs={"x": Tensor("FP32", array.shape, array.tobytes())},
        outputs=("y",),
        items=len(values),
    )


def values(outcome: Outcome) -> list[list[float]]:
    assert isinstance(outcome, Computed), outcome
    tensor = outcome.outputs["y"]
    return np.frombuffer(tensor.data, "<f4").reshape(tensor.shape).tolist()  # type: ignore[no-any-return]


async def test_requests_of_one_shape_share_batches_whole_and_get_their_own_rows_back(
    bench: Any, let_go: Callable[[], None]
) -> None:
    engine = await bench()
    asked = [
        [[1.0, 1.0], [2.0, 2.0]],
        [[3.0]],
        [[4.0, 4.0]],
        [[5.0]],
        [[6.0, 6.0]],
        [[7.0, 7.0]],
    ]
    tasks = engine.submit([request(one, number) for number, one in enumerate(asked, 1)])
    await asyncio.sleep(0)
    let_go()
    outcomes = [await task for task in tasks]
    for one, outcome in zip(asked, outcomes, strict=True):
        assert values(outcome) == (np.array(one) * 2).tolist()
    assert [outcome.timing.batch_size for outcome in outcomes] == [4, 2, 4, 2, 4, 1]
    counts = engine.engine.statistics.of("doubler", "1")
    assert (counts.inference_count, counts.execution_count) == (7, 3)
