"""A worker's part in telling users' webhooks: what is due is sent beside everything else."""

import asyncio
import contextlib
import logging
from collections import Counter
from typing import Any, Final

from django.conf import settings

from consumers.database import ANY_ERROR, in_database
from consumers.deferred import DeferredModule
from consumers.metrics import failures
from uploads.webhooks import fan_out, outbox

logger = logging.getLogger("darkroom.webhooks")

ROUND_SECONDS: Final = 1.0
FAN_OUTS_A_ROUND: Final = 20
AT_ONCE: Final = 128
"""Each waits for somebody's server and costs next to nothing meanwhile."""

_client: Final = DeferredModule("consumers.worker.webhook_client")
"""It brings an HTTP client, which most installations never need."""


class Webhooks:
    """What this worker is sending. A round takes what is due, and waits for none of it."""

    def __init__(self) -> None:
        self._sending: set[asyncio.Task[None]] = set()
        self._of_webhook: Counter[int] = Counter()
        self._of_user: Counter[int] = Counter()
        self._client: Any = None

    async def send_due(self) -> None:
        """Notes what has happened for those who are to be told, and begins to send what is due."""
        for _ in range(FAN_OUTS_A_ROUND):
            if not await in_database(fan_out.fan_out):
                break
        while free := AT_ONCE - len(self._sending):
            letters = await in_database(outbox.take, free, +self._of_webhook, +self._of_user)
            if not letters:
                return
            if self._client is None:
                module = await _client.load()
                allowed = settings.WEBHOOK_ALLOW_PRIVATE
                self._client = module.WebhookClient(private_allowed=allowed)
            for letter in letters:
                self._begin(letter)

    async def close(self) -> None:
        """Ends it: what is on its way is sent by somebody else once its lease is over."""
        for task in self._sending:
            task.cancel()
        if self._sending:
            await asyncio.wait(self._sending)
        if self._client is not None:
            await self._client.close()

    def _begin(self, letter: outbox.Letter) -> None:
        self._of_webhook[letter.webhook_id] += 1
        self._of_user[letter.user_id] += 1
        task = asyncio.create_task(self._send(letter))
        self._sending.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            self._sending.discard(done)
            # Which leaves no zeros, of which each webhook that ever was would keep one.
            self._of_webhook -= Counter([letter.webhook_id])
            self._of_user -= Counter([letter.user_id])

        task.add_done_callback(ended)

    async def _send(self, letter: outbox.Letter) -> None:
        try:
            outcome = await self._client.send(letter)
            (failures.webhook_refused if outcome.error_code else failures.webhook_taken).inc()
            extra = {
                "webhook": letter.webhook_id,
                "delivery": letter.delivery_id,
                "attempt": letter.attempt,
                "code": outcome.error_code or None,
            }
            logger.info("webhook sent", extra=extra)
            # Where the database is away the lease runs out, and it is sent again.
            with contextlib.suppress(*ANY_ERROR):
                await in_database(outbox.note, letter, outcome)
        except Exception:
            # A defect of ours; the others go on, and this one when its lease is over.
            logger.exception("webhook failed")
