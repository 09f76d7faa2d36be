"""The protocol's addresses, without a slash at their ends; versions are numbers or labels."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, re_path

from consumers.oip import views
from consumers.oip.infer_view import infer


def _of_model(end: str, view: Callable[..., Any]) -> list[URLPattern]:
    """An address of a model, and of a version of it."""
    return [
        path(f"/models/<str:model>{end}", view),
        path(f"/models/<str:model>/versions/<str:version>{end}", view),
    ]


urlpatterns = [
    path("", views.server_metadata),
    path("/health/live", views.server_live),
    path("/health/ready", views.server_ready),
    path("/models/stats", views.statistics),
    *_of_model("/infer", infer),
    *_of_model("/ready", views.model_ready),
    *_of_model("/config", views.model_config),
    *_of_model("/stats", views.statistics),
    *_of_model("", views.model_metadata),
    path("/repository/index", views.repository_index),
    path("/repository/models/<str:model>/load", views.load),
    path("/repository/models/<str:model>/unload", views.unload),
    path("/logging", views.not_served),
    re_path(r"^(?:/models/(?P<model>[^/]+))?/trace/setting$", views.not_served),
    re_path(r"^/(?:system|cuda)sharedmemory(?:/.*)?$", views.not_served),
]
