"""Every route of the server."""

from django.contrib import admin
from django.urls import include, path

from project import health
from project.metrics import view

urlpatterns = [
    path("", include("frontend.urls")),
    path("api/", include("uploads.api.urls")),
    path("admin/", admin.site.urls),
    path("v2", include("consumers.oip.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metadata", health.metadata),
    path("metrics", view.metrics),
]

handler400 = "project.api_errors.bad_request"
handler403 = "project.api_errors.permission_denied"
handler404 = "project.api_errors.not_found"
handler500 = "project.api_errors.server_error"
