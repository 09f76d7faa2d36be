"""A worker's metrics: what its engine tells, what it has, and where both are read."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from django.conf import settings

from consumers.metrics.endpoint import Endpoint
from consumers.metrics.engine import EngineMetrics, Instances
from consumers.metrics.registry import exposition
from inference.engine.status import VersionStatus

logger = logging.getLogger("darkroom.metrics")

Index = Callable[[], Sequence[VersionStatus]]


class WorkerMetrics(EngineMetrics):
    """The engine's observer, with an address of its own to be read at."""

    def __init__(self) -> None:
        self._endpoint: Endpoint | None = None

    async def serve(self, index: Index, *, host: str | None = None, port: int | None = None) -> str:
        """Serves `/metrics` until `close`; the address as `host:port`, empty where there is none.

        `index` is `Engine.index`. `host` and `port` are METRICS_HOST and METRICS_PORT unless told
        otherwise; 0 is any free port, below it none. A port that is taken is told in the log and
        costs the worker nothing else.
        """

        async def render() -> bytes:
            # The engine is asked on its own event loop; writing it all down is left to a thread.
            return await asyncio.to_thread(exposition, Instances(index()))

        host = settings.METRICS_HOST if host is None else host
        port = settings.METRICS_PORT if port is None else port
        if port < 0:
            return ""
        endpoint = Endpoint(render, settings.METRICS_TOKEN)
        try:
            address = await endpoint.start(host, port)
        except OSError as error:
            reason = error.strerror or str(error)
            logger.error(  # noqa: TRY400  # a sentence, not a trace
                "metrics not served", extra={"host": host, "port": port, "reason": reason}
            )
            return ""
        self._endpoint = endpoint
        logger.info("metrics served", extra={"address": address})
        return address

    async def close(self) -> None:
        """Serves no more."""
        if self._endpoint is not None:
            await self._endpoint.stop()
