"""Addresses of the browser view: one page, at the root and at each photo."""

from django.urls import path, re_path

from frontend.views import favicon, index

app_name = "frontend"

urlpatterns = [
    path("", index, name="index"),
    path("favicon.ico", favicon, name="favicon"),
    # Which photo it is, and whose, is for the page to find out from the API.
    re_path(r"^photos/[0-9]{1,15}$", index, name="photo"),
]
