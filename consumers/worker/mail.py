"""A worker's part in sending e-mail: one message at a time, in a thread of its own."""

import logging
from functools import partial
from typing import Final

from django.conf import settings

from consumers.daemon_threads import DaemonThreads
from consumers.database import ANY_ERROR, in_database, with_connection
from uploads import notices

logger = logging.getLogger("darkroom.mail")

ROUND_SECONDS: Final = 5.0


class Mail:
    """Sends what is due, where there is a mail server."""

    def __init__(self) -> None:
        # A mail server may be slow: nothing else waits for it.
        self._threads = DaemonThreads(1, "mail")

    async def send_due(self) -> None:
        """Sends one message after the other, until none is due."""
        if not settings.EMAIL_HOST:
            return
        try:
            while message := await in_database(notices.take):
                await self._threads.run(partial(with_connection, partial(notices.send, message)))
        except ANY_ERROR:
            raise
        except Exception:
            # A defect of ours; what else a worker does goes on.
            logger.exception("mail failed")
