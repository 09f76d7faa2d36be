"""`manage.py page_types`: writes down for the page what types the server's answers have."""

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from drf_spectacular.generators import SchemaGenerator

from consumers.socket import asyncapi
from frontend.declarations import declarations

FILE: Final = Path("frontend/types/server.d.ts")
"""Below the project's own folder."""


def made() -> str:
    """The text that the file has while it is true."""
    generator: Any = SchemaGenerator
    return declarations(generator().get_schema(request=None, public=True), asyncapi.described())


class Command(BaseCommand):
    """The command."""

    help = "Makes frontend/types/server.d.ts anew, by which the page's modules are checked."

    def handle(self, **_: Any) -> None:
        """Writes the file."""
        file = Path(settings.BASE_DIR) / FILE
        file.parent.mkdir(exist_ok=True)
        file.write_text(made())
        self.stdout.write(f"{FILE} is made anew.")
