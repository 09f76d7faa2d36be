"""The child process of one model instance: `python -m inference.engine.child FD PARENT`.

FD is the number of a connected socket, PARENT the process id of the worker. The first message
loads the model; then batches come one at a time, and cancels at any time.
"""

import logging
import queue
import socket
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from inference.engine import wire
from inference.engine.backends import BACKENDS
from inference.engine.execution import Execution
from inference.engine.lifeline import end, guard
from inference.engine.messages import Batch, Load
from inference.engine.model import ImageModel, LoadContext
from inference.engine.outbox import Outbox
from inference.engine.types import DecodeLimits

logger = logging.getLogger(__name__)


class Inbox(threading.Thread):
    """Reads the socket while the main thread computes, so that a cancel is seen in time.

    When the worker is gone, it ends the process.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(name="inbox", daemon=True)
        self.batches: queue.SimpleQueue[Batch] = queue.SimpleQueue()
        self.canceled: set[int] = set()
        """Serials of jobs to give up; serials are never used twice."""
        self._stream = stream

    def run(self) -> None:
        """Read until the worker is gone."""
        try:
            while True:
                message = wire.read(self._stream)
                if message["type"] == "cancel":
                    self.canceled.add(message["serial"])
                else:
                    self.batches.put(message)
        except (EOFError, OSError):
            end()


def main() -> None:
    """Load the model and compute batches until the worker hangs up."""
    descriptor, parent = (int(argument) for argument in sys.argv[1:3])
    guard(parent)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with socket.socket(fileno=descriptor) as connection:
        incoming, outgoing = connection.makefile("rb"), connection.makefile("wb")
        outbox = Outbox(outgoing)
        try:
            load: Load = wire.read(incoming)
        except EOFError:
            return
        started = time.monotonic()
        inbox = Inbox(incoming)
        inbox.start()
        try:
            model = _load(load)
        except Exception as error:  # the author's code may raise anything
            logger.exception("The model could not be loaded.")
            reason = f"{type(error).__name__}: {error}"
            outbox.send({"type": "load_failed", "message": reason})
            return
        outbox.send({"type": "ready", "load_ms": round((time.monotonic() - started) * 1000)})
        _serve(model, load, inbox, outbox)


def _load(load: Load) -> ImageModel:
    context = LoadContext(Path(load["files"]), load["device"], load["threads"])
    return BACKENDS[load["backend"]](Path(load["folder"]), context)


def _serve(model: ImageModel, load: Load, inbox: Inbox, outbox: Outbox) -> None:
    limits = load["limits"]
    execution = Execution(
        model,
        output_kind=load["output_kind"],
        limits=DecodeLimits(tuple(limits["formats"]), limits["max_pixels"], limits["max_side"]),
        max_side=load["max_side"],
        outbox=outbox,
        canceled=inbox.canceled,
    )
    while True:
        execution.run(inbox.batches.get()["items"])
        inbox.canceled.clear()
        outbox.send({"type": "batch_done"})


if __name__ == "__main__":
    main()
