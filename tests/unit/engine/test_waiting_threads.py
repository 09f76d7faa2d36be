"""Threads of models that have nothing to do leave the cores to others."""

from typing import Any

import pytest

from inference.engine.types import Succeeded
from inference.onnx_options import session_options


def test_threads_of_onnx_runtime_sleep_while_they_wait() -> None:
    options = session_options(2)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert options.intra_op_num_threads == 2


@pytest.mark.slow
async def test_threads_of_openmp_sleep_while_they_wait(bench: Any, add_model: Any) -> None:
    add_model("model", "return LabelsOutput([(os.environ['OMP_WAIT_POLICY'], 1)])")
    engine = await bench()
    outcome = await engine.predict(engine.job("model"))
    assert isinstance(outcome, Succeeded)
    assert outcome.output["labels"][0]["label"] == "PASSIVE"
