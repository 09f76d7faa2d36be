"""The composition root as a Django app: it brings the commands `up` and `web`."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Everything under `project/`."""

    name = "project"

    def ready(self) -> None:
        """Registers the system checks."""
        from project import checks  # noqa: F401, PLC0415  # importing registers them
