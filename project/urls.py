"""Every route of the server."""

from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern

from consumers.socket import asyncapi
from project import health
from project.admin import ADMIN
from project.metrics import view


class LaterInclude(URLResolver):
    """Like `path(route, include(module))`; the module is imported by the first request below it.

    Its names are found through the namespace alone, so that a look-up of others imports nothing.
    """

    def __init__(self, route: str, module: str, namespace: str) -> None:
        super().__init__(RoutePattern(route), module, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:
        """Django would read the names of everything here to find any name anywhere."""


urlpatterns = [
    path("", include("frontend.urls")),
    path("api/asyncapi.json", health.read_only(asyncapi.document)),
    path("api/", include("uploads.api.urls")),
    LaterInclude(ADMIN, "project.admin_urls", namespace="admin"),
    LaterInclude("v2", "consumers.oip.urls", namespace="v2"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metadata", health.metadata),
    path("metrics", view.metrics),
]

handler400 = "project.error_views.bad_request"
handler403 = "project.error_views.permission_denied"
handler404 = "project.error_views.not_found"
handler500 = "project.error_views.server_error"
