"""The admin's first page: how it goes, each figure a link to the rows behind it."""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html

from uploads import failures, overview
from uploads.admin import notices
from uploads.admin.date_hierarchy import Period, Unit
from uploads.admin.failures import predictions_link
from uploads.admin.links import link_to
from uploads.admin.list_parameters import FROM
from uploads.admin.words import took, words_for
from uploads.catalog import holdings
from uploads.models import Model, User

_BAR_WIDTH: Final = 20
_PLOT_HEIGHT: Final = 100
_NAMED: Final = 10


def overview_for(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the overview to the first page's context, for whoever may look at predictions."""
    if not request.user.has_perm("uploads.view_prediction"):
        return context
    offered = notices.offered()
    titles = {one.name: one.title for one in offered}
    held = holdings.read()
    times = overview.times()
    models, users = overview.most_used()
    windows, by_hour = overview.work()
    disk = overview.disk()
    return {
        **context,
        "title": "Start",
        "overview": {
            "notices": notices.now(held, offered),
            "queues": [_queue(one, titles) for one in overview.queues(times, held)],
            "work": [_work(name, one) for name, one in windows.items()],
            "plot": _plot(by_hour),
            "times": [
                {"model": _model(one.model, titles), "took": [took(ms) for ms in one.took]}
                for one in times
            ],
            "sample": f"{overview.SAMPLE:,}",
            "failures": [_failure(one, titles) for one in failures.groups("day")[:_NAMED]],
            "failures_page": reverse("admin:failures"),
            "models": [(_model(name, titles), count) for name, count in models],
            "users": [(link_to(User, pk, name), count) for pk, name, count in users],
            "archive_queue": overview.archive_queue(),
            "disk": disk and f"{filesizeformat(disk.free)} free of {filesizeformat(disk.total)}",
        },
    }


def _model(name: str, titles: dict[str, str]) -> str:
    """A link to a model's page by what people call it; one that is gone, by its name."""
    return link_to(Model, name, titles[name] or name) if name in titles else name


def _predictions(text: object, **query: str) -> str:
    """A link to the list of predictions that these lookups leave."""
    address = reverse("admin:uploads_prediction_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(query), text)


def _queue(one: overview.Queue, titles: dict[str, str]) -> dict[str, Any]:
    count = f"{one.queued:,}{' or more' if one.is_at_least else ''}"
    return {
        "model": _model(one.model, titles),
        "queued": _predictions(count, model__exact=one.model, state__exact="queued"),
        "running": _predictions(one.running, model__exact=one.model, state__exact="running"),
        "oldest": "" if one.oldest is None else words_for(one.oldest),
        "workers": one.workers,
        "takes": "" if one.takes is None or not one.queued else words_for(one.takes),
        "obstacle": one.obstacle if one.queued else "",
    }


def _work(name: str, one: overview.Work) -> dict[str, Any]:
    address = reverse("admin:uploads_usage_changelist")
    query = urlencode({FROM: f"{one.since:%Y-%m-%dT%H:%M}"})
    return {
        "name": name,
        "images": format_html('<a href="{}?{}">{}</a>', address, query, f"{one.images:,}"),
        "failures": _predictions(
            f"{one.failures:,}", state__exact="failed", finished_at__gte=one.since.isoformat()
        ),
    }


def _failure(one: failures.Group, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "code": one.code,
        "model": _model(one.model, titles),
        "count": predictions_link(f"{one.count:,}", one.code, one.model, "day"),
    }


def _plot(hours: list[overview.Work]) -> dict[str, Any]:
    """Bars for an SVG of `_BAR_WIDTH` units an hour and `_PLOT_HEIGHT` units for the busiest."""
    most = max(*(one.images for one in hours), 1)
    address = reverse("admin:uploads_usage_changelist")
    bars = []
    for place, one in enumerate(hours):
        height = round(_PLOT_HEIGHT * one.images / most)
        query = Period.holding(Unit.HOUR, one.since).query
        bars.append(
            {
                "x": place * _BAR_WIDTH,
                "y": _PLOT_HEIGHT - height,
                "height": height,
                "address": f"{address}?{urlencode(query)}",
                "title": f"{one.since:%H:%M}: {one.images:,} images, {one.failures:,} failed",
            }
        )
    return {
        "bars": bars,
        "width": len(hours) * _BAR_WIDTH,
        "bar_width": _BAR_WIDTH - 3,
        "height": _PLOT_HEIGHT,
        "most": most,
        "first": f"{hours[0].since:%H:%M}",
        "last": f"{hours[-1].since:%H:%M}",
    }
