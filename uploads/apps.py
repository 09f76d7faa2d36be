"""The uploads app."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Owns accounts, uploads, predictions, events and the catalog."""

    name = "uploads"

    def ready(self) -> None:
        from uploads import signals  # noqa: F401, PLC0415  # receivers connect on import
