"""Refusals as pages of the admin, for the people who use it."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from project.admin import is_admin


def refusal_page(request: HttpRequest, status: int, message: str) -> HttpResponse | None:
    """The refusal as a page; None: it is for a program, or for who is not signed in there."""
    is_for_a_person = "text/html" in request.headers.get("Accept", "")
    # What fails before the middleware of sign-ins has no user.
    if not (is_for_a_person and is_admin(request.path_info) and hasattr(request, "user")):
        return None
    if not admin.site.has_permission(request):
        return None
    context = {**admin.site.each_context(request), "title": "That didn't work", "message": message}
    return render(request, "admin/uploads/refused.html", context, status=status)
