"""What a child process does: the first message loads its model, then batches come one at a time,
and cancels at any time.
"""

import logging
import queue
import socket
import threading
import time
from typing import Any, BinaryIO

from inference.engine import wire
from inference.engine.child.answers import Answers
from inference.engine.child.author_errors import message_of
from inference.engine.child.execution import Execution
from inference.engine.child.lifeline import end
from inference.engine.child.loaded_model import LoadedModel, load_model
from inference.engine.child.outbox import Outbox
from inference.engine.child.remote import Worker
from inference.engine.child.warm_up import warm_up
from inference.engine.limits import REASON_LENGTH
from inference.engine.model import LoadError
from inference.engine.phase_record import PhaseWriter
from inference.engine.to_child import Item, Limits, Load
from inference.engine.types import DecodeLimits
from strictjson.values import plain_text

logger = logging.getLogger(__name__)


class Inbox(threading.Thread):
    """Reads the socket while the main thread computes, so that a cancel is seen in time.

    When the worker is gone, it ends the process. That a job which may be too large is read is
    noted in `phases` before.
    """

    def __init__(self, stream: BinaryIO, phases: PhaseWriter) -> None:
        super().__init__(name="inbox", daemon=True)
        self.batches: queue.SimpleQueue[list[Item]] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        """What the worker says to what it was asked."""
        self.canceled: set[int] = set()
        """Serials of jobs to give up; serials are never used twice."""
        self._stream = stream
        self._phases = phases

    def run(self) -> None:
        """Read until the worker is gone."""
        items: list[Item] = []
        try:
            while True:
                message = wire.read(self._stream, self._note_large)
                match message["type"]:
                    case "cancel":
                        self.canceled.add(message["serial"])
                    case "answered" | "refused":
                        self.answers.put(message)
                    case "compute":
                        self.batches.put(items)
                        items = []
                    case _:
                        items.append(message)
        except (EOFError, OSError, MemoryError):
            end()

    def _note_large(self) -> None:
        # Whose job it is, only the message itself tells.
        self._phases.begin("decode", ())


def run(descriptor: int, phases_descriptor: int) -> None:
    """Load the model and compute batches until the worker, at the other end of this connected
    socket, hangs up; what is begun with is noted in the file of the other number."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with socket.socket(fileno=descriptor) as connection:
        incoming, outgoing = connection.makefile("rb"), connection.makefile("wb")
        outbox = Outbox(outgoing)
        phases = PhaseWriter(phases_descriptor)
        try:
            load: Load = wire.read(incoming)
        except EOFError:
            return
        started = time.monotonic()
        inbox = Inbox(incoming, phases)
        inbox.start()
        try:
            model = load_model(load, Worker(outbox, inbox.answers))
            warm_up(model, load["warm_up"])
        except Exception as error:  # the author's code may raise anything
            if not isinstance(error, LoadError):
                logger.exception("The model could not be loaded.")
            outbox.send(
                {"type": "load_failed", "message": plain_text(_reason(error), REASON_LENGTH)}
            )
            return
        load_ms = round((time.monotonic() - started) * 1000)
        outbox.send({"type": "ready", "load_ms": load_ms, "device": model.device})
        _serve(model, load["limits"], inbox, Answers(outbox, phases, inbox.canceled))


def _reason(error: Exception) -> str:
    match error:
        case LoadError():
            return message_of(error)
        case ModuleNotFoundError(name="torch" | "safetensors"):
            return "PyTorch is not installed: pip install -r requirements/torch.txt."
        case _:
            return f"{type(error).__name__}: {message_of(error)}"


def _serve(model: LoadedModel, limits: Limits, inbox: Inbox, answers: Answers) -> None:
    execution = Execution(
        model,
        DecodeLimits(tuple(limits["formats"]), limits["max_pixels"], limits["max_side"]),
        answers,
    )
    while True:
        execution.run(inbox.batches.get())
        inbox.canceled.clear()
        answers.end_batch()
