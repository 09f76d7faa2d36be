"""Children that crash, hang, lie idle, or lose their parent."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from inference.engine.confinement import ROOT, Reach
from inference.engine.process import ChildProcess
from inference.engine.types import (
    Computed,
    Failed,
    FailureKind,
    GivenBack,
    Outcome,
    Succeeded,
    Tensor,
    TensorJob,
)
from tests.unit.engine.processes import (
    ANSWER,
    BATCHES,
    STUBBORN,
    TELL_PID,
    engine_children,
    gone,
    is_gone,
    pid_of,
    until,
)
from tests.unit.engine.recorder import Recorder

pytestmark = pytest.mark.slow

KILLED_AT_READING = """
import os
from inference.engine import wire

class Model:
    def __init__(self, context):
        self.unpack, wire.unpack = wire.unpack, self.read

    def read(self, body):
        if len(body) > wire.LARGE_BYTES:
            os.kill(os.getpid(), 9)
        return self.unpack(body)

    def infer(self, tensors):
        return tensors
"""


def failure(outcome: Outcome) -> tuple[str, FailureKind]:
    assert isinstance(outcome, Failed), outcome
    return outcome.code, outcome.kind


async def test_a_crash_fails_its_own_job_and_the_next_one_finds_a_new_child(
    bench: Any, add_model: Any
) -> None:
    add_model("fragile", f"if request.image[0, 0, 0] == 1: os.abort()\n{ANSWER}")
    engine = await bench()
    crashed, other = engine.submit([engine.job("fragile", 1), engine.job("fragile", 2)])
    assert failure(await crashed) == ("model_crashed", FailureKind.TRANSIENT)
    assert isinstance(await other, Succeeded)


async def test_a_child_that_outgrows_its_memory_limit_is_ended(bench: Any, add_model: Any) -> None:
    greedy = (
        f"if request.image[0, 0, 0] == 1: hoard = bytearray(400 << 20); time.sleep(60)\n{ANSWER}"
    )
    add_model("greedy", greedy, config="[instances]\nmemory_limit_mb = 256")
    engine = await bench()
    greedy_one, modest = engine.submit([engine.job("greedy", 1), engine.job("greedy", 2)])
    assert failure(await greedy_one) == ("out_of_memory", FailureKind.TRANSIENT)
    assert isinstance(await modest, Succeeded)


async def test_a_crash_fails_all_of_the_batch_that_was_begun(bench: Any, add_model: Any) -> None:
    add_model("fragile", "os._exit(3)", config=BATCHES)
    engine = await bench()
    for task in engine.submit([engine.job("fragile", 1), engine.job("fragile", 2)]):
        assert failure(await task) == ("model_crashed", FailureKind.TRANSIENT)


async def test_batch_mates_that_were_not_touched_when_the_child_died_are_given_back(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("fragile", ANSWER, config=BATCHES)
    engine = await bench()
    endless = tmp_path / "endless.png"
    os.mkfifo(endless)
    first = engine.job("fragile", 1, source=endless)
    touched, untouched = engine.submit([first, engine.job("fragile", 2)])
    # The child has begun with the first once it waits for the pipe's other end.
    pipe = await asyncio.to_thread(endless.open, "wb")
    child = engine_children()[0]
    child.kill()
    assert failure(await touched) == ("model_crashed", FailureKind.TRANSIENT)
    assert isinstance(await untouched, GivenBack)
    pipe.close()


async def test_a_batch_mate_without_a_row_that_was_not_touched_is_tried_again(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("fragile", ANSWER, config=BATCHES)
    engine = await bench()
    endless = tmp_path / "endless.png"
    os.mkfifo(endless)
    first = engine.job("fragile", 1, source=endless)
    touched, untouched = engine.submit([first, engine.job("fragile", 2, id=-2)])
    pipe = await asyncio.to_thread(endless.open, "wb")
    engine_children()[0].kill()
    assert failure(await touched) == ("model_crashed", FailureKind.TRANSIENT)
    assert isinstance(await untouched, Succeeded)
    pipe.close()


async def test_a_child_that_died_in_its_sleep_is_replaced_at_no_ones_cost(
    bench: Any, add_model: Any
) -> None:
    add_model("steady", TELL_PID + ANSWER)
    engine = await bench()
    await engine.predict(engine.job("steady"))
    first = await pid_of(engine)
    os.kill(first, signal.SIGKILL)
    await gone(first)
    outcome = await engine.predict(engine.job("steady", 2))
    if isinstance(outcome, GivenBack):  # its end was noticed only when the job was sent
        outcome = await engine.predict(engine.job("steady", 2))
    assert isinstance(outcome, Succeeded)
    assert await pid_of(engine, 2) != first


async def test_a_job_that_takes_too_long_ends_with_its_child(bench: Any, add_model: Any) -> None:
    add_model("slow", STUBBORN, config="timeout_seconds = 0.3")
    engine = await bench()
    outcome = await engine.predict(engine.job("slow"))
    assert failure(outcome) == ("timeout", FailureKind.TIMEOUT)
    await gone(await pid_of(engine))


async def test_a_model_that_loads_forever_is_unavailable(bench: Any, add_model: Any) -> None:
    add_model("slow", ANSWER, config="load_timeout_seconds = 0.2", load="time.sleep(60)")
    engine = await bench()
    outcome = await engine.predict(engine.job("slow"))
    assert failure(outcome) == ("model_unavailable", FailureKind.INFRASTRUCTURE)


async def test_a_child_ends_by_itself_when_its_worker_hangs_up() -> None:
    child = await ChildProcess.start(1, Reach())
    assert await child.close() == "status 0"


async def test_an_idle_child_is_ended_and_comes_back_when_needed(
    bench: Any, add_model: Any
) -> None:
    add_model("idle", TELL_PID + ANSWER, config="[instances]\nidle_seconds = 0.1")
    engine = await bench()
    await engine.predict(engine.job("idle"))
    await gone(await pid_of(engine))
    assert isinstance(await engine.predict(engine.job("idle", 2)), Succeeded)


async def test_a_child_does_not_outlive_a_killed_parent(
    add_model: Any, repository: Path, tmp_path: Path
) -> None:
    add_model("busy", f"Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n{STUBBORN}")
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(repository), str(tmp_path), cwd=ROOT
    )
    told = tmp_path / "pid"
    await until(lambda: told.exists() and told.read_text() != "")
    child = int(told.read_text())
    assert not is_gone(child)
    parent.kill()
    await parent.wait()
    await gone(child)


async def test_ctrl_c_reaches_the_parent_alone(bench: Any, add_model: Any) -> None:
    add_model("brief", f"{TELL_PID}time.sleep(0.3)\n{ANSWER}")
    engine = await bench()
    (running,) = engine.submit([engine.job("brief")])
    pid = await pid_of(engine)
    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)
    assert isinstance(await running, Succeeded)


PARENT = """
import asyncio, sys
from pathlib import Path
from PIL import Image
from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.types import DecodeLimits, ImageJob

async def main(models, folder):
    Image.new("RGB", (4, 4)).save(folder / "a.png")
    limits = DecodeLimits(("PNG",), 100, 10)
    engine = Engine([models], limits, reach=Reach(writes=[folder]))
    await engine.start()
    job = ImageJob(
        id=1, attempt=1, model="busy", version="1", source=folder / "a.png", params={}, results=None
    )
    await engine.predict(job, print)

asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
"""


async def test_a_job_that_ends_its_child_while_it_is_read_is_blamed_for_it(
    bench: Any, repository: Path
) -> None:
    folder = repository / "fragile"
    (folder / "1").mkdir(parents=True)
    tensor = 'name = "x"\ndatatype = "BYTES"\nshape = [-1]\n'
    (folder / "model.toml").write_text(
        f"max_batch_size = 0\n[[inputs]]\n{tensor}[[outputs]]\n{tensor}"
    )
    (folder / "1" / "model.py").write_text(KILLED_AT_READING)
    recorder = Recorder()
    engine = await bench(observer=recorder)
    small, large = (
        TensorJob(
            id=-number,
            attempt=1,
            model="fragile",
            version="1",
            inputs={"x": Tensor("BYTES", (1,), size.to_bytes(4, "little") + bytes(size))},
            outputs=("x",),
            items=1,
        )
        for number, size in ((1, 1), (2, 2 << 20))
    )
    assert isinstance(await engine.predict(small), Computed)
    assert failure(await engine.predict(large)) == ("model_crashed", FailureKind.TRANSIENT)
    assert recorder.told.count(("ended", "crash")) == 1
