"""When instances of one version are loaded, and what becomes of it while none can be."""

import asyncio
import logging
from collections.abc import Callable

from inference.engine.errors import LoadFailed
from inference.engine.instance import Instance
from inference.engine.instances import Instances
from inference.engine.load_backoff import LoadBackoff
from inference.engine.model_version import ModelVersion
from inference.engine.remote import Remote
from inference.engine.server_watch import ServerWatch

logger = logging.getLogger(__name__)


class Loading:
    """Loads instances when there is need, and again by itself while nothing can be loaded.

    `ended` is called at the end of each load, `give_up` when nothing can be computed until another
    one succeeds.
    """

    def __init__(
        self,
        version: ModelVersion,
        instances: Instances,
        remote: Remote,
        *,
        ended: Callable[[], None],
        give_up: Callable[[], None],
    ) -> None:
        self._version = version
        self._instances = instances
        self._ended = ended
        self._give_up = give_up
        self.backoff = LoadBackoff(self._try_again)
        """What came of the loads so far."""
        self.is_closing = False
        """Whether nothing more will be submitted: what fails now is not tried again."""
        config = version.config
        self._watch = (
            ServerWatch(config.remote, remote, self._is_at_rest, self.lose_server)
            if config.remote
            else None
        )

    async def load(self, count: int) -> None:
        """Have so many instances loaded, or as many as there are; those that load already count.

        Raises:
            LoadFailed: one of them could not be.
        """
        loads = self._instances.loads
        missing = max(0, count - self._instances.loaded - len(loads))
        loads += [self._load(instance) for instance in self._instances.unloaded()[:missing]]
        if loads:
            await asyncio.wait(loads)
        for load in loads:
            load.result()

    def load_if_needed(self, *, waits_for_one: bool) -> None:
        """Load one more, if there is one and need for it."""
        unloaded = self._instances.unloaded()
        if unloaded and self._needs_instance(waits_for_one=waits_for_one):
            self._load(unloaded[0])

    def lose_server(self, reason: str) -> None:
        """Take no work until a load finds the model's server again."""
        config, number = self._version.config, self._version.number
        logger.warning("The server of %s %s cannot be used: %s", config.name, number, reason)
        self._give_up()
        self._instances.let_go("server")
        self.backoff.failed(reason, is_down=not self.is_closing)

    def stop(self) -> None:
        """Try again no more, and watch no server."""
        if self._watch:
            self._watch.stop()
        self.backoff.stop()

    def _needs_instance(self, *, waits_for_one: bool) -> bool:
        if self._instances.is_loading:
            return False
        # While some work, one that does not load is not tried over and over.
        return (waits_for_one and self.backoff.is_due) or not self._instances.loaded

    def _try_again(self) -> None:
        if self._instances.is_loading:
            return
        if unloaded := self._instances.unloaded():
            self._load(unloaded[0])
        else:  # others of a remote model have gone on
            self.backoff.succeeded()

    def _is_at_rest(self) -> bool:
        """Whether nobody would notice that the model's server is away."""
        return not (self.backoff.is_down or self.is_closing) and self._instances.is_idle

    def _load(self, instance: Instance) -> asyncio.Task[None]:
        return self._instances.load(instance, self._loaded)

    def _loaded(self, load: asyncio.Task[None]) -> None:
        error = None if load.cancelled() else load.exception()
        if error:
            self._note_failure(error)
        elif not load.cancelled():
            self.backoff.succeeded()
        self._ended()

    def _note_failure(self, error: BaseException) -> None:
        config, number = self._version.config, self._version.number
        cause = None if isinstance(error, LoadFailed) else error
        logger.warning("%s %s did not load: %s", config.name, number, error, exc_info=cause)
        is_down = not self._instances.loaded and self._instances.is_idle
        if is_down:
            self._give_up()
        self.backoff.failed(str(error), is_down=is_down and not self.is_closing)
