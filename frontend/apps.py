"""The Django app of the browser view."""

from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """The page and its static files; no models."""

    name = "frontend"
    verbose_name = "Browser view"
