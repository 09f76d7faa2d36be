"""`manage.py runworker inference`: Channels' command with Darkroom's worker."""

from typing import Any

from channels.management.commands import runworker
from django.core.management import CommandError

from consumers.worker.worker import InferenceWorker
from inference.oip.grpc_server import AddressUnavailable


class Command(runworker.Command):  # type: ignore[misc]  # it has no types
    """Runs one inference worker."""

    help = "Runs an inference worker: manage.py runworker inference"
    worker_class = InferenceWorker

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs it until it is told to stop.

        Raises:
            CommandError: its gRPC port is taken.
        """
        try:
            super().handle(*args, **options)
        except AddressUnavailable as error:
            raise CommandError(f"{error} GRPC_PORT names another; 0 is any free one.") from None
