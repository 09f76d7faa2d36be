"""One round of what any worker does for all of them."""

from functools import partial

from consumers.database import in_database
from consumers.worker import housekeeping
from consumers.worker.reconcile import Reconciler
from inference.engine.engine import Engine
from uploads import account_removal, bus
from uploads.catalog import offers, splits
from uploads.storage import removal


class Chores:
    """The rounds of one worker, by its id, with what its engine and its catalog need of them."""

    def __init__(self, worker: str, engine: Engine, reconciler: Reconciler) -> None:
        self._worker = worker
        self._engine = engine
        self._reconciler = reconciler

    async def do(self) -> None:
        """Does every chore once.

        Raises:
            OperationalError, InterfaceError: the database is away.
        """
        await housekeeping.do_all(
            self._watch_splits,
            self._fail_orphans,
            partial(in_database, account_removal.go_on),
            partial(in_database, removal.remove_files),
            self._reconciler.publish_again,
            partial(in_database, offers.forget_models),
            partial(in_database, offers.forget_dead_workers),
        )

    async def _watch_splits(self) -> None:
        await bus.hint(await in_database(housekeeping.watch_splits))
        self._engine.have_mean(await in_database(splits.standing_numbers))

    async def _fail_orphans(self) -> None:
        await bus.hint(await in_database(housekeeping.fail_orphans, self._worker))
