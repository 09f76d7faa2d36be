"""What the process of thumbnails does: one image at a time, each of them answered."""

import socket
from pathlib import Path

from inference.engine import wire
from inference.engine.child.answers import Answers
from inference.engine.child.decode import decode
from inference.engine.child.outbox import Outbox
from inference.engine.child.thumbnail import needed_scale, write_display, write_thumbnail
from inference.engine.phase_record import PhaseWriter
from inference.engine.to_child import MakeThumbnail
from inference.engine.types import DecodeLimits


def run(descriptor: int, phases: int) -> None:
    """Make thumbnails until the worker, at the other end of this connected socket, hangs up."""
    with socket.socket(fileno=descriptor) as connection:
        incoming, outgoing = connection.makefile("rb"), connection.makefile("wb")
        outbox = Outbox(outgoing)
        answers = Answers(outbox, PhaseWriter(phases), canceled=set())
        while True:
            try:
                message: MakeThumbnail = wire.read(incoming)
            except EOFError:
                return
            try:
                answers.picture(message["serial"], _make(message))
            except Exception as error:  # hostile files may have anything raised
                answers.fail(message["serial"], error)
            outbox.send({"type": "batch_done"})


def _make(message: MakeThumbnail) -> str:
    """Its ThumbHash."""
    told = message["limits"]
    limits = DecodeLimits(tuple(told["formats"]), told["max_pixels"], told["max_side"])
    decoded = decode(Path(message["source"]), limits, needed_scale, message["page"])
    if not decoded.in_browsers:
        write_display(decoded.picture, Path(message["display"]))
    return write_thumbnail(decoded.picture, Path(message["thumbnail"]), decoded.transparent)
