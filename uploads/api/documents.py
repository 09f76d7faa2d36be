"""The contract as a document and as a page; refusals are JSON, as everywhere under /api/."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads.api.negotiation import AnyAccept


class _OnlyRead(APIView):
    """Neither YAML nor a page of HTML can be made of a refusal, nor of an answer to OPTIONS."""

    http_method_names = ["get", "head"]

    def handle_exception(self, exc: Exception) -> Response:
        """The refusal, in JSON whatever the document is in."""
        response = super().handle_exception(exc)
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return response


class Schema(_OnlyRead, SpectacularAPIView):
    """The OpenAPI document."""


class Docs(_OnlyRead, SpectacularSwaggerSplitView):
    """The page that shows it."""

    content_negotiation_class = AnyAccept
