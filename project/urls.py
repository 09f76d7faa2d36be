"""Every route of the server."""

from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern

from project import health
from project.admin import ADMIN
from project.metrics import view


def include_later(route: str, module: str, namespace: str | None = None) -> URLResolver:
    """Like `path(route, include(module))`; the module is imported by the first request below it."""
    return URLResolver(RoutePattern(route), module, app_name=namespace, namespace=namespace)


urlpatterns = [
    path("", include("frontend.urls")),
    path("api/", include("uploads.api.urls")),
    include_later(ADMIN, "project.admin_urls", namespace="admin"),
    include_later("v2", "consumers.oip.urls"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metadata", health.metadata),
    path("metrics", view.metrics),
]

handler400 = "project.api_errors.bad_request"
handler403 = "project.api_errors.permission_denied"
handler404 = "project.api_errors.not_found"
handler500 = "project.api_errors.server_error"
