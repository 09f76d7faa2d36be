"""The consumers app: it brings its own `runworker` command."""

from django.apps import AppConfig


class ConsumersConfig(AppConfig):
    """Websocket and worker."""

    name = "consumers"

    def ready(self) -> None:
        """Has what happens to uploads counted."""
        from consumers.metrics import history  # noqa: PLC0415  # models must be there first
        from uploads.events import recorded  # noqa: PLC0415

        recorded.connect(history.count)
