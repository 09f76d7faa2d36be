"""Whether the server of a remote model is there, also while nobody needs it."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from inference.engine.errors import LoadFailed
from inference.engine.remote import Remote
from inference.engine.remote_config import RemoteConfig

WATCH_SECONDS: Final = 15.0
"""How often a server is asked that nothing is being computed by."""

logger = logging.getLogger(__name__)


class ServerWatch:
    """Asks a server now and then.

    `is_wanted` says whether to ask it now, `lost` is called on the event loop with the reason when
    it is not to be used.
    """

    def __init__(
        self,
        config: RemoteConfig,
        remote: Remote,
        is_wanted: Callable[[], bool],
        lost: Callable[[str], None],
    ) -> None:
        self._config = config
        self._remote = remote
        self._is_wanted = is_wanted
        self._lost = lost
        self._watching = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Ask no more."""
        self._watching.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._is_wanted():
                continue
            try:
                await self._remote.describe(self._config)
            except LoadFailed as failure:
                if self._is_wanted():
                    self._lost(failure.reason)
            except Exception:  # a defect of ours must not end the watch
                logger.exception("A server could not be asked.")
