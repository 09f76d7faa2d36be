"""What a child tells its worker, thinned out where nobody would see the difference."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from inference.engine import wire
from inference.engine.limits import PARTIAL_BYTES, STAGE_LENGTH
from inference.engine.messages import Progressed
from inference.engine.model import JobCanceled
from strictjson.values import flaw, plain_text

REPORT_SECONDS = 0.1
MAX_HELD_BYTES: Final = 1 << 16
MAX_HELD_SECONDS: Final = 0.05
"""What is told this much later is as good."""

logger = logging.getLogger(__name__)


class Outbox:
    """Sends messages from any thread, in their order.

    What is held goes out with the next that is sent, in one write. Whoever begins with something
    that takes long or may end this process sends it before (`send_old`, `send_held`).
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._held_since = 0.0
        """Of the first that is held, by the monotonic clock."""

    def hold(self, message: Mapping[str, Any]) -> None:
        """Have a message go out with the next one.

        Raises:
            TypeError: it holds something that has no place in a message.
            WireError: it is too large.
        """
        packed = wire.pack(message, wire.MAX_BYTES_FROM_CHILD)
        with self._lock:
            if not self._held:
                self._held_since = time.monotonic()
            self._held.append(packed)
            self._held_bytes += len(packed)
            if self._held_bytes > MAX_HELD_BYTES:
                self._write()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message, whole, and before it what was held.

        Raises:
            TypeError: it holds something that has no place in a message.
            WireError: it is too large.
        """
        packed = wire.pack(message, wire.MAX_BYTES_FROM_CHILD)
        with self._lock:
            self._held.append(packed)
            self._write()

    def send_held(self) -> None:
        """Send what is held."""
        with self._lock:
            if self._held:
                self._write()

    def send_old(self) -> None:
        """Send what is held, if any of it has been for long."""
        if self._held and time.monotonic() - self._held_since > MAX_HELD_SECONDS:
            self.send_held()

    def _write(self) -> None:
        self._stream.write(self._held[0] if len(self._held) == 1 else b"".join(self._held))
        self._stream.flush()
        self._held.clear()
        self._held_bytes = 0


class Reporter:
    """Sends one job's progress: every stage's beginning and end, and in between ten a second."""

    def __init__(self, outbox: Outbox, serial: int, canceled: set[int]) -> None:
        self._outbox = outbox
        self._serial = serial
        self._canceled = canceled
        self._stage = ""
        self._sent_at = 0.0

    def __call__(self, stage: str, fraction: float, partial: dict[str, Any] | None) -> None:
        """Send it, or let it go.

        Raises:
            JobCanceled: the job was called off.
        """
        if self._serial in self._canceled:
            raise JobCanceled
        stage = plain_text(str(stage), STAGE_LENGTH)
        fraction = min(1.0, max(0.0, float(fraction)))
        now = time.monotonic()
        is_step = stage == self._stage and fraction < 1
        if is_step and now - self._sent_at < REPORT_SECONDS:
            return
        self._stage, self._sent_at = stage, now
        self._outbox.send(self._message(fraction, partial))

    def begin(self, stage: str) -> None:
        """Have it told, with the next message, that a stage of this name begins."""
        self._stage, self._sent_at = stage, time.monotonic()
        self._outbox.hold(self._message(0.0, None))

    def _message(self, fraction: float, partial: dict[str, Any] | None) -> Progressed:
        return {
            "type": "progress",
            "serial": self._serial,
            "stage": self._stage,
            "fraction": fraction,
            "partial": _bounded(partial),
        }


def _bounded(partial: Any) -> dict[str, Any] | None:
    if partial is None:
        return None
    wrong = flaw(partial, PARTIAL_BYTES)
    if isinstance(partial, dict) and not wrong:
        return partial
    logger.warning("A partial result was left out: %s.", wrong or "it is no object")
    return None
