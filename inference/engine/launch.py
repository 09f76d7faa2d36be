"""Starting a child process and having it load its model."""

import asyncio
import logging

from inference.engine.errors import ModelUnavailable
from inference.engine.messages import FromChild, Load
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.repository import ModelVersion
from inference.engine.types import DecodeLimits

logger = logging.getLogger(__name__)


async def launch(version: ModelVersion, limits: DecodeLimits) -> ChildProcess:
    """A child process that is ready to compute; when this is canceled there is none.

    Raises:
        ModelUnavailable: it could not be started, or the model could not be loaded.
    """
    config = version.config
    try:
        child = await ChildProcess.start(config.instances.threads_each)
    except OSError as error:
        logger.warning("%s %s: no process could be started.", config.name, version.number)
        raise ModelUnavailable from error
    try:
        child.send(_load_message(version, limits))
        async with asyncio.timeout(config.load_timeout_seconds):
            load_ms = _load_time(await child.receive())
    except BaseException as error:
        child.kill()
        how = await child.close()
        reason = error.__cause__ or error
        logger.warning("%s %s did not load (%s): %s", config.name, version.number, how, reason)
        if isinstance(error, TimeoutError):
            raise ModelUnavailable("The model took too long to load.") from error
        if isinstance(error, ChildGone):
            raise ModelUnavailable("The model's process ended while it loaded.") from error
        raise
    logger.info("%s %s was loaded in %s ms.", config.name, version.number, load_ms)
    return child


def _load_time(answer: FromChild) -> int:
    match answer:
        case {"type": "ready", "load_ms": int(load_ms)}:
            return load_ms
        case {"type": "load_failed", "message": str(reason)}:
            raise ModelUnavailable from ChildGone(reason)
        case _:
            raise ChildGone("The child answered out of turn.")


def _load_message(version: ModelVersion, limits: DecodeLimits) -> Load:
    config = version.config
    return {
        "type": "load",
        "backend": config.backend,
        "folder": str(version.folder),
        "files": str(version.files),
        "output_kind": config.output_kind,
        "device": config.instances.device,
        "threads": config.instances.threads_each,
        "max_side": config.max_side,
        "limits": {
            "formats": list(limits.formats),
            "max_pixels": limits.max_pixels,
            "max_side": limits.max_side,
        },
    }
