"""Lists with their filters, words and dates, kept by a name for whoever named them."""

from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, URLPattern, path, resolve, reverse
from django.views.decorators.http import require_POST

from strictjson.values import is_plain_text
from uploads.admin.list_parameters import OF_THE_MOMENT
from uploads.models import SavedSearch, lengths

AT_MOST: Final = 50
"""Of one user."""

_PAGES: Final = {"find", "failures"}


class Saved(NamedTuple):
    """What a page shows of them."""

    searches: list[SavedSearch]
    longest_name: int = lengths.SEARCH_NAME
    """In characters."""


def addresses() -> list[URLPattern]:
    """Where a search is saved, and where one is removed."""
    view = admin.site.admin_view
    return [
        path("saved/", view(require_POST(_save)), name="save_search"),
        path("saved/<int:pk>/remove/", view(require_POST(_remove)), name="remove_saved_search"),
    ]


def of(request: HttpRequest) -> Saved:
    """The searches that this request's user has saved, by their names."""
    return Saved(list(_mine(request).order_by("name")))


def _save(request: HttpRequest) -> HttpResponse:
    """Saves a list's address by a name; one of the same name gives way to it."""
    name = " ".join(request.POST.get("name", "").split())
    address = _address(request.POST.get("address", ""))
    if not name or len(name) > lengths.SEARCH_NAME or not is_plain_text(name):
        raise BadRequest(f"A saved search has a name of 1 to {lengths.SEARCH_NAME} characters.")
    mine = _mine(request)
    if not mine.filter(name=name).exists() and mine.count() >= AT_MOST:
        messages.error(request, f"You have {AT_MOST} saved searches: remove one of them first.")
    else:
        of_user: dict[str, Any] = {"user_id": request.user.pk, "name": name}
        mine.update_or_create(**of_user, defaults={"address": address})
        messages.success(request, f"Saved as “{name}”: it stands under Find and above every list.")
    return HttpResponseRedirect(address)


def _remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes one; another user's is not there."""
    count, _ = _mine(request).filter(pk=pk).delete()
    if not count:
        raise Http404("There is no such saved search.")
    messages.success(request, "Removed.")
    return HttpResponseRedirect(reverse("admin:find"))


def _mine(request: HttpRequest) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(user_id=request.user.pk or 0)


def _address(text: str) -> str:
    """The path and the query of a list of the admin.

    Raises:
        BadRequest: it is none, or too long.
    """
    if not is_plain_text(text):
        raise BadRequest("This is no list of the admin.")
    try:
        parts = urlsplit(text)
        page = resolve(parts.path)
    except (ValueError, Resolver404):
        raise BadRequest("This is no list of the admin.") from None
    is_list = page.url_name in _PAGES or str(page.url_name).endswith("_changelist")
    if parts.scheme or parts.netloc or page.namespace != admin.site.name or not is_list:
        raise BadRequest("This is no list of the admin.")
    asked = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, of) for name, of in asked if name not in OF_THE_MOMENT])
    address = f"{parts.path}?{query}" if query else parts.path
    # As it is kept: letters beyond ASCII take up to twelve characters each.
    if len(address) > lengths.SEARCH_ADDRESS:
        raise BadRequest(f"An address of up to {lengths.SEARCH_ADDRESS} characters is saved.")
    return address
