"""Usage, counted in memory and added to the database every few seconds."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from consumers.database import TRANSIENT_DATABASE_ERRORS, in_database
from inference.engine import types
from uploads import usage
from uploads.queue.held import Claim
from uploads.usage import Counts, Use

logger = logging.getLogger("darkroom.usage")

FLUSH_SECONDS: Final = 5.0
MAX_KEYS: Final = 50_000
"""So many counters are kept at most while the database is away; what is new then is not counted."""


class Meter:
    """Counts what this worker computes, by user, model, version, protocol and minute.

    What was counted since the last flush is lost when the worker is killed: at most
    `FLUSH_SECONDS`, or as long as the database was away.
    """

    def __init__(self) -> None:
        self._counted: dict[Use, Counts] = {}

    def count(
        self,
        user_id: int,
        model: str,
        version: str,
        protocol: str,
        *,
        items: int,
        failed: bool,
        compute_ns: int,
    ) -> None:
        """Notes one request: `items` is how many images or places of a batch it took.

        `compute_ns` is its share of its batch's time, in nanoseconds.
        """
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        use = Use(user_id, model, version, protocol, minute)
        self._add(use, Counts(1, items, int(failed), compute_ns / 1_000_000))

    def note(self, claim: Claim, outcome: types.Outcome) -> None:
        """Counts what became of an uploaded image, unless it was not computed."""
        if isinstance(outcome, types.Canceled | types.GivenBack):
            return
        if isinstance(outcome, types.Failed) and outcome.kind is types.FailureKind.INFRASTRUCTURE:
            return
        timing = outcome.timing
        self.count(
            claim.user_id,
            claim.model,
            claim.model_version,
            outcome.job.protocol,
            items=1,
            failed=isinstance(outcome, types.Failed),
            compute_ns=timing.compute_ns // max(1, timing.batch_size) if timing else 0,
        )

    async def flush(self) -> None:
        """Adds what was counted to the database; keeps it for the next time if that is away."""
        counted, self._counted = self._counted, {}
        if not counted:
            return
        try:
            await in_database(usage.add, list(counted.items()))
        except TRANSIENT_DATABASE_ERRORS:
            logger.exception("usage not written, kept", extra={"count": len(counted)})
            for use, counts in counted.items():
                self._add(use, counts)
        except Exception:
            logger.exception("usage refused, written one by one", extra={"count": len(counted)})
            await self._flush_each(counted)

    async def _flush_each(self, counted: Mapping[Use, Counts]) -> None:
        """Adds each count on its own, and lets go of what cannot be added."""
        for use, counts in counted.items():
            try:
                await in_database(usage.add, [(use, counts)])
            except TRANSIENT_DATABASE_ERRORS:
                self._add(use, counts)
            except Exception:
                logger.exception(
                    "usage count lost", extra={"model": use.model, "user": use.user_id}
                )

    def _add(self, use: Use, counts: Counts) -> None:
        known = self._counted.get(use)
        if known is not None:
            known.add(counts)
        elif len(self._counted) < MAX_KEYS:
            self._counted[use] = counts
