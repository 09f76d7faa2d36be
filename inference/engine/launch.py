"""Starting a child process and having it load its model."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

from inference.engine.config import ModelConfig
from inference.engine.confinement import Reach
from inference.engine.errors import LoadFailed
from inference.engine.messages import FromChild
from inference.engine.model_version import ModelVersion
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.remote import Remote, settled
from inference.engine.to_child import Load
from inference.engine.types import DecodeLimits
from inference.engine.work_clock import WorkClock

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Launcher:
    """Starts children that decode images within these limits and can reach these files; models that
    other servers compute are looked for there."""

    limits: DecodeLimits
    reach: Reach
    remote: Remote

    async def launch(self, version: ModelVersion) -> ChildProcess:
        """A child process that is ready to compute; when this is canceled there is none.

        Raises:
            LoadFailed: a file has changed, no process could be started, the model did not load, or
                the server that computes it is away or has another one.
        """
        changed = await asyncio.to_thread(version.changed_file)
        if changed:
            raise LoadFailed(f"{changed} changed since it was read; load the model again.")
        config = await settled(version.config, self.remote)
        reach = self.reach.plus(reads=version.places, ports=config.connects_to)
        try:
            child = await ChildProcess.start(config.instances.threads_each, reach)
        except OSError as error:
            raise LoadFailed(f"No process could be started: {error.strerror}.") from error
        child.works_at(model=config.name, version=version.number)
        try:
            child.send(_load_message(version, config, self.limits))
            load_ms, child.device = _ready(await _answer(child, config))
            if config.remote:
                child.infer = partial(self.remote.infer, config.remote, config.outputs)
        except BaseException as error:
            child.kill()
            how = await child.close()
            if isinstance(error, ChildGone):
                raise LoadFailed(f"Its process ended while it loaded ({how}).") from error
            raise
        logger.info("%s %s was loaded in %s ms.", config.name, version.number, load_ms)
        return child


async def _answer(child: ChildProcess, config: ModelConfig) -> FromChild:
    limit_mb, seconds = config.instances.memory_limit_mb, config.load_timeout_seconds
    receiving = asyncio.create_task(child.receive())
    outgrown = asyncio.create_task(child.outgrown(limit_mb << 20))
    overdue = asyncio.create_task(WorkClock(child.pid).passed(seconds))
    waits = [receiving, outgrown, overdue]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if outgrown.done():
            raise LoadFailed(f"It used more than {limit_mb} MiB of memory.")
        if overdue.done():
            raise LoadFailed(f"It took longer than {seconds:g} seconds.")
        return receiving.result()
    finally:
        for wait in waits:
            wait.cancel()


def _ready(answer: FromChild) -> tuple[int, str]:
    """How long it took, in ms, and where it computes."""
    match answer:
        case {"type": "ready", "load_ms": int(load_ms), "device": str(device)}:
            return load_ms, device
        case {"type": "load_failed", "message": str(reason)}:
            raise LoadFailed(reason)
        case _:
            raise ChildGone("The child answered out of turn.")


def _load_message(version: ModelVersion, config: ModelConfig, limits: DecodeLimits) -> Load:
    return {
        "type": "load",
        "backend": config.backend,
        "folder": str(version.folder),
        "files": str(version.own_folder),
        "output_kind": config.output_kind,
        "device": config.instances.device,
        "threads": config.instances.threads_each,
        "max_batch_size": config.max_batch_size,
        "inputs": [tensor.model_dump() for tensor in config.inputs],
        "outputs": [tensor.model_dump() for tensor in config.outputs],
        "preprocessing": config.preprocessing.model_dump() if config.preprocessing else None,
        "interpretation": config.interpretation.model_dump() if config.interpretation else None,
        "warm_up": config.warm_up.model_dump() if config.warm_up else None,
        "max_side": config.max_side,
        "limits": {
            "formats": list(limits.formats),
            "max_pixels": limits.max_pixels,
            "max_side": limits.max_side,
        },
    }
