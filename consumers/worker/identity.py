"""Who a worker is to others."""

import os
import socket
import uuid

from inference.engine import confinement
from strictjson.values import plain_text
from uploads.models import Worker, lengths


def identity() -> Worker:
    """The row that this process has among the workers: never another's, on whatever host."""
    host = socket.gethostname()
    pid = os.getpid()
    started = f":{pid}:{uuid.uuid4().hex[:8]}"
    short = plain_text(host, lengths.WORKER - len(started))
    return Worker(
        id=short + started,
        host=plain_text(host, lengths.WORKER),
        pid=pid,
        unconfined=", ".join(confinement.lacks()),
    )
