"""The uploads app."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class UploadsConfig(AppConfig):
    """Owns accounts, uploads, predictions, events and the catalog."""

    name = "uploads"
    verbose_name = "Darkroom"

    def ready(self) -> None:
        from uploads import signals  # noqa: F401, PLC0415  # receivers connect on import


class AdminConfig(SimpleAdminConfig):
    """Django's admin, on this project's site; its pages are imported when somebody opens one."""

    # Outside uploads.admin, whose modules need a site to register at.
    default_site = "uploads.admin_site.AdminSite"
