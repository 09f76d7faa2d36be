"""`manage.py web`: one web process."""

import socket
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from consumers.cross_origin import CrossOrigin
from consumers.descriptors import connections_at_most, raise_limit
from consumers.garbage import begin_collecting
from project.env import env
from project.server.admission import Admission
from project.server.clients import Clients
from project.server.crowd import Crowd
from project.server.limits import BodyLimits
from project.server.server import Server
from project.server.spool import Spool
from project.up.errors import StartError
from project.up.sockets import listen
from uploads.storage import handover, incoming


class Command(BaseCommand):
    """Serves HTTP and websockets."""

    help = "Runs one web process on HOST and PORT, or on a listening socket it inherits."
    # `up` has checked already, once for all processes.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds `--fd`."""
        parser.add_argument("--fd", type=int, help="an inherited listening socket")

    def handle(self, *, fd: int | None, **options: Any) -> None:
        """Serves until SIGTERM or SIGINT; one sentence and exit status 1 where it can't listen."""
        # After Django is set up.
        from project.admission import judge  # noqa: PLC0415
        from project.asgi import application  # noqa: PLC0415
        from project.cache_keeper import keep_cache  # noqa: PLC0415
        from project.metrics.requests import refused  # noqa: PLC0415

        try:
            listener = listen(env().host, env().port) if fd is None else socket.socket(fileno=fd)
        except StartError as error:
            self.stderr.write(error.message)
            sys.exit(1)
        raise_limit()
        incoming.remove_abandoned()
        server = Server(
            application,
            listener,
            admission=Admission(
                judge,
                Spool(incoming.folder_path(), env().max_incoming_bytes),
                BodyLimits(uploads=env().max_request_bytes),
                Clients(env().max_requests_per_address),
            ),
            crowd=Crowd(
                in_all=connections_at_most(),
                of_an_address=env().max_connections_per_address,
            ),
            cross_origin=CrossOrigin(settings.ALLOWED_ORIGINS),
            trusted_proxies=settings.TRUSTED_PROXIES,
            count_refused=refused,
        )
        if handover.is_by_store():
            threading.Thread(target=keep_cache, name="cache", daemon=True).start()
        begin_collecting()
        server.run()
