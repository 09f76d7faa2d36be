"""`manage.py runworker inference`: Channels' command with Darkroom's worker."""

from typing import Any

from channels.layers import get_channel_layer
from channels.management.commands import runworker
from channels.routing import ChannelNameRouter
from django.core.management import CommandError

from consumers.descriptors import raise_limit
from consumers.garbage import begin_collecting
from consumers.worker.wakeup import CHANNEL, InferenceConsumer
from consumers.worker.worker import InferenceWorker
from inference.oip.grpc_server import AddressUnavailable


class Command(runworker.Command):  # type: ignore[misc]  # it has no types
    """Runs one inference worker."""

    help = "Runs an inference worker: manage.py runworker inference"
    # The tag of project.checks. The others check code, most of which no worker imports.
    requires_system_checks = ["surroundings"]

    def handle(self, *, channels: list[str], layer: str, **options: Any) -> None:
        """Runs it until it is told to stop.

        Raises:
            CommandError: its port for gRPC or HTTP is taken.
        """
        worker = InferenceWorker(
            # Channels would take the whole ASGI application, with the views and the sockets.
            application=ChannelNameRouter({CHANNEL: InferenceConsumer.as_asgi()}),
            channels=channels,
            channel_layer=get_channel_layer(layer),
        )
        raise_limit()
        begin_collecting()
        try:
            worker.run()
        except AddressUnavailable as error:
            raise CommandError(
                f"{error} GRPC_PORT and OIP_HTTP_PORT name others; 0 is any free one."
            ) from None
