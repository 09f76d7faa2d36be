"""The protocol as it is meant holds, whatever happens in whatever order."""

import gc
from collections.abc import Iterator

import pytest

from tests.chaos.explorer.exploration import explore
from tests.chaos.explorer.happenings import System
from tests.chaos.explorer.state import begin
from tests.conftest import FULL

# They take longer than all others together.
LARGEST = [(2, 2, 2, False), (2, 2, 1, True)] if FULL else []


@pytest.fixture(autouse=True)
def _no_garbage() -> Iterator[None]:
    """Worlds never refer to each other in circles, and looking for some takes a third of a walk."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("workers", "predictions", "disturbances", "listening"),
    [(2, 2, 1, False), (2, 1, 3, False), (2, 1, 2, True), *LARGEST],
)
def test_whatever_happens_everything_ends_once_and_is_told_in_order(
    workers: int,
    predictions: int,
    disturbances: int,
    listening: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    start = begin(
        workers=workers, predictions=predictions, disturbances=disturbances, listening=listening
    )
    walk = explore(System(), start)
    size = f"{walk.states:,} states, {walk.transitions:,} transitions"
    with capsys.disabled():
        print(
            f"\n{workers} workers, {predictions} predictions, {disturbances} disturbances, "
            f"{'a client' if listening else 'no client'}: {size}"
        )
    assert walk.violation is None, str(walk.violation)


@pytest.mark.parametrize(
    ("predictions", "named", "disturbances", "listening"),
    [(1, 0, 2, False), (1, 1, 1, False), (2, 1, 0, False), (1, 0, 0, True)],
)
def test_whatever_happens_while_a_version_replaces_another_everything_ends_once_and_is_told(
    predictions: int,
    named: int,
    disturbances: int,
    listening: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    start = begin(
        workers=2,
        predictions=predictions,
        disturbances=disturbances,
        listening=listening,
        rollout=True,
        named=named,
    )
    walk = explore(System(), start)
    size = f"{walk.states:,} states, {walk.transitions:,} transitions"
    with capsys.disabled():
        print(
            f"\na rollout, {predictions} predictions of which {named} named the version, "
            f"{disturbances} disturbances, {'a client' if listening else 'no client'}: {size}"
        )
    assert walk.violation is None, str(walk.violation)
