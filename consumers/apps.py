"""The consumers app: it brings its own `runworker` command."""

from django.apps import AppConfig


class ConsumersConfig(AppConfig):
    """Websocket and worker."""

    name = "consumers"
