"""A web process in front of one gRPC server: `python -m tests.conformance.web ADDRESS`.

It knows the same two people, and its catalog names that one server as its worker. It prints its
address as soon as it listens, and stops when its standard input ends.
"""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Final

from inference.oip.access import Caller

SIGN_OF_LIFE_SECONDS: Final = 1.0


def main(address: str) -> None:
    """Serves until standard input ends."""
    # First of all: it sets Django up.
    from project.asgi import application  # isort: skip
    from consumers.cross_origin import CrossOrigin
    from consumers.oip import requests
    from project.admission import judge
    from project.server.admission import Admission
    from project.server.clients import Clients
    from project.server.crowd import Crowd
    from project.server.limits import BodyLimits
    from project.server.server import Server
    from project.server.spool import Spool
    from project.up.sockets import listen
    from tests.conformance.server import authenticate

    async def of_anywhere(token: str, _sender: object) -> Caller:
        return await authenticate(token, None)

    requests.authenticate = of_anywhere  # type: ignore[assignment, attr-defined]
    _sign_on(address)
    threading.Thread(target=_live, args=(address,), daemon=True).start()
    threading.Thread(target=_until_input_ends, daemon=True).start()
    listener = listen("127.0.0.1", 0)
    print(f"127.0.0.1:{listener.getsockname()[1]}", flush=True)
    # What is logged must not fill a pipe that nobody reads any more.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    spool = Spool(Path(tempfile.gettempdir()), 1_000_000_000)
    admission = Admission(judge, spool, BodyLimits(uploads=1024), Clients(1_000))
    crowd = Crowd(in_all=1_000, of_an_address=1_000)
    pages = CrossOrigin([])
    Server(application, listener, admission=admission, crowd=crowd, cross_origin=pages).run()


def _sign_on(address: str) -> None:
    from django.core.management import call_command

    from uploads.models import Worker

    call_command("migrate", verbosity=0)
    Worker.objects.create(id="conformance", host="localhost", pid=os.getpid(), grpc_address=address)


def _live(address: str) -> None:
    from django.utils import timezone

    from uploads.models import Worker

    while not threading.Event().wait(SIGN_OF_LIFE_SECONDS):
        Worker.objects.filter(grpc_address=address).update(seen_at=timezone.now())


def _until_input_ends() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1])
