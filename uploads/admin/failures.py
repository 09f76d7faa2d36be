"""What failed, grouped by error code and model, and another chance for a whole group."""

from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from uploads import failures, services
from uploads.admin import confirming
from uploads.admin.links import link_to
from uploads.models import Model, lengths

_NAMES: Final = {"hour": "Last hour", "day": "Last day", "all": "All that is kept"}
_LONGEST: Final = max(lengths.MODEL_NAME, lengths.ERROR_CODE)
_LARGEST_ID: Final = (1 << 63) - 1


def addresses() -> list[URLPattern]:
    """Where the groups are, and where one is given another chance."""
    view = admin.site.admin_view
    return [
        path("failures/", view(_page), name="failures"),
        path("failures/retry/", view(_retry), name="retry_failures"),
    ]


@dataclass(frozen=True)
class _Asked:
    """A group of an address: its code, model and window, and behind which prediction to go on."""

    code: str
    model: str
    within: str
    after: int

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """That of this request.

        Raises:
            BadRequest: it names none.
        """
        code, model = request.GET.get("code", ""), request.GET.get("model", "")
        within, after = request.GET.get("within", "day"), request.GET.get("after", "0")
        is_number = after.isascii() and after.isdigit() and len(after) < len(str(_LARGEST_ID))
        if (
            "\0" in code + model
            or max(len(code), len(model)) > _LONGEST
            or within not in failures.WINDOWS
            or not is_number
        ):
            raise BadRequest("There is no such group of failures.")
        return cls(code, model, within, int(after))


def _page(request: HttpRequest) -> HttpResponse:
    """Every group of a window with its counts, and how to give it another chance."""
    if not request.user.has_perm("uploads.view_prediction"):
        raise PermissionDenied
    within = _Asked.of(request).within
    titles = dict(Model.objects.values_list("name", "title"))
    groups = failures.groups(within)
    context = {
        **admin.site.each_context(request),
        "title": "Failures",
        "windows": [(name, words, name == within) for name, words in _NAMES.items()],
        "groups": [_group(one, within, titles) for one in groups],
        "is_at_most": sum(one.count for one in groups) >= failures.LOOKED_AT,
        "looked_at": f"{failures.LOOKED_AT:,}",
        "may_retry": request.user.has_perm("uploads.requeue_prediction"),
    }
    return TemplateResponse(request, "admin/uploads/failures.html", context)


def _group(one: failures.Group, within: str, titles: dict[str, str]) -> dict[str, Any]:
    query = {"code": one.code, "model": one.model, "within": within}
    return {
        "code": one.code,
        "model": link_to(Model, one.model, titles[one.model] or one.model)
        if one.model in titles
        else one.model,
        "count": predictions_link(f"{one.count:,}", one.code, one.model, within),
        "users": f"{one.users:,}",
        "oldest": one.oldest,
        "newest": one.newest,
        "retry": f"{reverse('admin:retry_failures')}?{urlencode(query)}",
    }


def predictions_link(text: object, code: str, model: str, within: str) -> str:
    """A link to the list of a group's predictions."""
    query = {"state__exact": "failed", "error_code__exact": code, "model__exact": model}
    if failures.WINDOWS[within] is not None:
        query["finished_at__gte"] = failures.since(within).isoformat()
    address = reverse("admin:uploads_prediction_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(query), text)


def _retry(request: HttpRequest) -> HttpResponse:
    """Gives a group another chance, so many at once, after asking; then asks for the rest."""
    if not request.user.has_perm("uploads.requeue_prediction"):
        raise PermissionDenied
    asked = _Asked.of(request)
    rows = failures.of(asked.code, asked.model, asked.within, after=asked.after)
    actor = confirming.confirmed_by(request)
    if actor is None:
        things = f"failed predictions of {asked.model} ({asked.code})"
        back = f"{reverse('admin:failures')}?{urlencode({'within': asked.within})}"
        return confirming.ask(request, rows, verb="Retry", things=things, back=back)
    chosen = list(rows.select_related("image", "user")[: confirming.MOST_ROWS])
    confirming.each(request, chosen, services.retry, actor, "requeued")
    query = {"within": asked.within}
    remains = chosen and failures.of(asked.code, asked.model, asked.within, after=chosen[-1].pk)
    if remains and remains.exists():
        messages.info(request, "More of this group remain: go on here.")
        query |= {"code": asked.code, "model": asked.model, "after": str(chosen[-1].pk)}
        return HttpResponseRedirect(f"{reverse('admin:retry_failures')}?{urlencode(query)}")
    return HttpResponseRedirect(f"{reverse('admin:failures')}?{urlencode(query)}")
