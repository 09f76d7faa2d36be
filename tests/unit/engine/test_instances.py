"""How many instances may compute at once."""

import asyncio
import sys
from typing import Any

import pytest

from inference.engine.config import InstancesConfig
from inference.engine.instances import Instances
from inference.engine.process import available_bytes


class StandIn:
    """An instance that is loaded at once, and computes until its task is canceled."""

    def __init__(self, device: str = "cpu") -> None:
        self.device = device
        self.is_loaded = True
        self.is_slow = False
        self.memory_bytes = 100

    def run(self, _batch: Any, _ended: Any) -> Any:
        return asyncio.create_task(asyncio.Event().wait())

    def rest(self, _seconds: float) -> None:
        pass


def pool(device: str = "cpu", **config: Any) -> tuple[Instances, list[StandIn]]:
    made: list[StandIn] = []

    def make() -> Any:
        made.append(StandIn(device))
        return made[-1]

    return Instances(InstancesConfig(**config), make), made


def compute(instances: Instances, *, slow: int, quick: int = 0) -> None:
    for number in range(slow + quick):
        ready: Any = instances.ready()
        ready.is_slow = number < slow
        instances.run(ready, [], lambda: None)


@pytest.mark.parametrize(
    ("config", "slow", "places", "reserved"),
    [
        ({}, 0, 1, 1),
        ({}, 1, 2, 2),
        ({}, 2, 2, 3),
        ({}, 3, 2, 3),
        ({"count": 4}, 1, 5, 5),
        ({"extra": 0}, 1, 1, 1),
        ({"extra": 1}, 1, 1, 2),
        ({"extra": 5}, 3, 4, 4),
    ],
)
async def test_for_each_slow_one_another_may_compute_and_the_last_is_reserved(
    config: dict[str, Any], slow: int, places: int, reserved: int
) -> None:
    instances, _ = pool(**config)
    compute(instances, slow=slow)
    assert (instances.places(), instances.places(reserved=True)) == (places, reserved)


async def test_on_a_gpu_none_helps_out_unless_that_is_asked_for() -> None:
    instances, _ = pool(device="cuda:0")
    compute(instances, slow=1)
    assert instances.places(reserved=True) == 1
    instances, _ = pool(device="cuda:0", extra=2)
    compute(instances, slow=1)
    assert instances.places(reserved=True) == 2


async def test_where_memory_is_short_only_what_is_loaded_helps_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instances, made = pool()
    for one in made[1:]:
        one.is_loaded = False
    compute(instances, slow=1)
    monkeypatch.setattr("inference.engine.instances.available_bytes", lambda: 199)
    assert instances.places(reserved=True) == 1
    made[1].is_loaded = True
    assert instances.places(reserved=True) == 2
    made[1].is_loaded = False
    monkeypatch.setattr("inference.engine.instances.available_bytes", lambda: 200)
    assert instances.places(reserved=True) == 2


def test_what_memory_there_is_can_be_told() -> None:
    assert 0 < available_bytes() <= sys.maxsize
