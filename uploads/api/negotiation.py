"""How views that give files negotiate their content type: not at all."""

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AnyAccept(BaseContentNegotiation):
    """For views that give files: a file is what it is, so what a client accepts says nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """No file is posted to where files are given."""
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Refusals are JSON."""
        return renderers[0], renderers[0].media_type
