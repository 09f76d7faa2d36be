"""What tests of child processes ask for: facts about them, and models that tell their pid."""

import asyncio
from collections.abc import Callable
from typing import Any

import psutil

TELL_PID = "request.report('pid', 0.0, {'pid': os.getpid()})\n"
ANSWER = "return LabelsOutput([('pid', os.getpid())])"
STUBBORN = f"{TELL_PID}time.sleep(60)\n{ANSWER}"
BATCHES = "max_batch_size = 2\nbatching.max_queue_delay_ms = 2000"


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not fact():  # noqa: ASYNC110  # facts about processes and files set no event
            await asyncio.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


async def gone(pid: int) -> None:
    await until(lambda: is_gone(pid))


async def pid_of(engine: Any, job_id: int = 1) -> int:
    return int((await engine.seen("pid", job_id)).partial["pid"])


def engine_children() -> list[psutil.Process]:
    """This process's children that run a model."""
    return [child for child in psutil.Process().children() if _runs_a_model(child)]


def _runs_a_model(child: psutil.Process) -> bool:
    try:
        return "inference.engine.child.main" in child.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False
