"""Splits of traffic: which there are, how both versions do, and the acts on them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from uploads import usage
from uploads.admin.base import ReadOnlyAdmin, TitledModels
from uploads.admin.links import Names, link_to
from uploads.admin.split_plots import HOURS, plots
from uploads.admin.words import took
from uploads.catalog import split_watch
from uploads.catalog.split_watch import Share
from uploads.catalog.splits import FEWEST_SAMPLES, MOST_SAMPLES
from uploads.models import Model, TrafficSplit
from uploads.usage import Counts, Hour

State = TrafficSplit.State


def may_split(request: HttpRequest) -> bool:
    """Whether this request's user may split traffic."""
    return request.user.has_perm("uploads.split_traffic")


@admin.register(TrafficSplit)
class TrafficSplitAdmin(TitledModels, ReadOnlyAdmin):
    """The splits there are, also those that have ended and keep their meaning."""

    list_display = ("titled_model", "asked", "versions", "share", "state", "since", "by", "why")
    list_filter = ("state",)
    nothing = "No traffic is split. A model's page begins a split."
    fields = readonly_fields = (
        *("asked", "versions", "share", "state", "margin", "min_samples", "since"),
        *("watched_since", "changed_at", "by", "why"),
    )
    change_form_template = "admin/uploads/split_audit.html"

    @admin.display(description="asked for by", ordering="label")
    def asked(self, row: TrafficSplit) -> str:
        return words_of_label(row.label)

    @admin.display(description="versions")
    def versions(self, row: TrafficSplit) -> str:
        return f"{row.from_version} → {row.to_version}"

    @admin.display(description="new version gets", ordering="percent")
    def share(self, row: TrafficSplit) -> str:
        return f"{row.percent} %"

    @admin.display(description="why")
    def why(self, row: TrafficSplit) -> str:
        """What somebody gave as a reason; a worker's own is that too much has failed."""
        return row.reason or ("too much failed" if row.state == State.ROLLED_BACK else "")

    @admin.display(description="by")
    def by(self, row: TrafficSplit) -> str:
        return Names(users=[row.actor_id]).user(row.actor_id) or "a worker"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """One split: how both versions do, by which figures it is judged, what can be done."""
        split = self.get_object(request, unquote(object_id))
        about = {}
        if isinstance(split, TrafficSplit):
            now = split_watch.figures(split)
            about = {
                "title": f"Traffic of {split.model}, {words_of_label(split.label)}",
                "splits": [shown(split, usage.by_hour(split.model, HOURS))],
                "may_split": may_split(request),
                "model_page": link_to(Model, split.model, f"The model {split.model}"),
                "judged_since": now.since,
                "judged": [
                    (split.from_version, _judged(now.old)),
                    (split.to_version, _judged(now.new)),
                ],
            }
        context = {**(extra_context or {}), **about}
        response: HttpResponseBase = super().change_view(request, object_id, form_url, context)
        return response


def words_of_label(label: str) -> str:
    """What is split: a label, or what names no version."""
    return f"the label {label}" if label else "no version"


def about_model(request: HttpRequest, model: Model, hours: Sequence[Hour]) -> dict[str, Any]:
    """What a model's page shows of its traffic in these hours, and proposes."""
    rows = TrafficSplit.objects.filter(model=model.pk).order_by("label")
    versions = sorted((one.version for one in model.versions.all()), key=int)
    labels = {label for one in model.versions.all() for label in one.labels}
    fields = {one.name: one for one in TrafficSplit._meta.fields}
    return {
        "splits": [shown(one, hours) for one in rows],
        "may_split": may_split(request),
        "labels": versions and [(one, words_of_label(one)) for one in ("", *sorted(labels))],
        "from_version": versions[-2] if len(versions) > 1 else "".join(versions),
        "to_version": versions[-1] if len(versions) > 1 else "",
        "margin": fields["margin"].default,
        "min_samples": fields["min_samples"].default,
        "fewest_samples": FEWEST_SAMPLES,
        "most_samples": MOST_SAMPLES,
    }


def shown(split: TrafficSplit, by_hour: Sequence[Hour]) -> dict[str, Any]:
    """A split with how both versions did in these hours, and where it can be acted on."""
    versions = (split.from_version, split.to_version)
    sums = usage.by_version(by_hour)

    def act(name: str) -> str:
        return reverse("admin:act_on_split", args=[split.pk, name])

    return {
        "name": link_to(TrafficSplit, split.pk, words_of_label(split.label)),
        "model": split.model,
        "from": split.from_version,
        "to": split.to_version,
        "percent": split.percent,
        "state": State(split.state).label,
        "is_running": split.state == State.RUNNING,
        "is_finished": split.state == State.FINISHED,
        "is_rolled_back": split.state == State.ROLLED_BACK,
        "margin": split.margin,
        "min_samples": f"{split.min_samples:,}",
        "fewest_uploads": split_watch.FEWEST_UPLOADS,
        "rows": [(version, _used(sums.get(version) or Counts())) for version in versions],
        "hours": len(by_hour),
        "plots": plots(by_hour, versions),
        "change": act("change"),
        "finish": act("finish"),
        "take_back": act("take_back"),
        "remove": act("remove"),
    }


def _used(counts: Counts) -> dict[str, str]:
    return {
        "images": f"{counts.items:,}",
        "failed": f"{counts.failures:,}",
        "rate": f"{counts.failures / max(1, counts.requests):.1%}",
        "took": took(counts.compute_ms / max(1, counts.items)),
    }


def _judged(share: Share) -> dict[str, str]:
    return {
        "ended": f"{share.ended:,}",
        "failed": f"{share.failed:,}",
        "rate": f"{share.rate():.1%}",
        "uploads": f"{share.uploads:,}",
    }
