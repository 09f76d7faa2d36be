"""Instances that did not load are tried again, and trouble that has passed is over."""

from pathlib import Path
from typing import Any

import pytest

from inference.engine import lane
from inference.engine.status import State
from inference.engine.types import Failed, Succeeded
from tests.unit.engine.processes import ANSWER, until
from tests.unit.engine.recorder import Recorder
from tests.unit.engine.speakers import status

pytestmark = pytest.mark.slow

RAISES = ("loaded", "RuntimeError: ")


def loads_once(file: Path) -> str:
    return f"once = Path({str(file)!r})\nif once.exists(): raise RuntimeError\nonce.touch()"


async def test_an_instance_that_did_not_load_is_tried_again_after_a_while(
    bench: Any, add_model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "RETRY_SECONDS", 0.0)
    go = tmp_path / "go"
    waits = f"while not Path({str(go)!r}).exists(): time.sleep(0.01)\n{ANSWER}"
    add_model("lonely", waits, load=loads_once(tmp_path / "once"), config="[instances]\ncount = 2")
    recorder = Recorder()
    engine = await bench(observer=recorder)
    tasks = engine.submit([engine.job("lonely", number) for number in (1, 2)])
    await until(lambda: recorder.told.count(RAISES) >= 2)
    go.touch()
    for task in tasks:
        assert isinstance(await task, Succeeded)


@pytest.mark.parametrize(("pause", "state"), [(60.0, State.UNAVAILABLE), (0.0, State.READY)])
async def test_what_has_worked_is_ready_again_when_it_is_worth_a_try(
    bench: Any,
    add_model: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pause: float,
    state: State,
) -> None:
    monkeypatch.setattr(lane, "RETRY_SECONDS", pause)
    config = "[instances]\nidle_seconds = 0.01"
    add_model("model", ANSWER, load=loads_once(tmp_path / "once"), config=config)
    engine = await bench()
    assert isinstance(await engine.predict(engine.job("model")), Succeeded)
    await until(lambda: status(engine).instances == 0)
    assert isinstance(await engine.predict(engine.job("model", 2)), Failed)
    assert status(engine).state is state
    assert "RuntimeError" in status(engine).reason
