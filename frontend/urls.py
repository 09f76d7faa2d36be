"""Addresses of the browser view: one page, at the root, at each photo, and at the account."""

from django.urls import path, re_path

from frontend.views import favicon, index, manifest, service_worker

app_name = "frontend"

urlpatterns = [
    path("", index, name="index"),
    path("account", index, name="account"),
    path("favicon.ico", favicon, name="favicon"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("service-worker.js", service_worker, name="service-worker"),
    # Which photo it is, and whose, is for the page to find out from the API.
    re_path(r"^photos/[0-9]{1,15}$", index, name="photo"),
]
