"""What keeps work from being done now, in a sentence each, for the admin's first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from uploads.admin.links import link_to
from uploads.admin.words import words_for
from uploads.catalog.holdings import Holdings
from uploads.models import Model, ModelCommand, QueuePause


@dataclass(frozen=True)
class Offered:
    """A model of the catalog, and what people have commanded of it."""

    name: str
    title: str
    is_unloaded: bool
    paused_since: datetime | None


def offered() -> list[Offered]:
    """Every model of the catalog by name: one query."""
    commands = ModelCommand.objects.filter(pk=OuterRef("pk"))
    pauses = QueuePause.objects.filter(pk=OuterRef("pk"))
    rows = Model.objects.order_by("pk").annotate(
        desired=Subquery(commands.values("desired")), paused=Subquery(pauses.values("since"))
    )
    return [
        Offered(name, title, desired == ModelCommand.Desired.UNLOADED, paused)
        for name, title, desired, paused in rows.values_list("pk", "title", "desired", "paused")
    ]


def now(held: Holdings, models: Sequence[Offered]) -> list[str]:
    """Sentences as HTML: that no worker takes work, which models nobody serves, what is paused."""
    return [*_of_workers(held), *_unserved(held, models), *_paused(models)]


def _of_workers(held: Holdings) -> list[str]:
    if not held.workers:
        return ["No worker runs: what is uploaded waits until one does."]
    if any(not worker.draining for worker in held.workers):
        return []
    workers = reverse("admin:uploads_worker_changelist")
    what = "No worker takes work: all of them drain. Let one take work again, or start another."
    return [format_html('{} <a href="{}">Workers</a>', what, workers)]


def _unserved(held: Holdings, models: Sequence[Offered]) -> list[str]:
    """Nothing where no worker works at all, or where somebody has unloaded them."""
    if all(worker.draining for worker in held.workers):
        return []
    left = [one for one in models if not one.is_unloaded and not held.is_taken(one.name)]
    links = format_html_join(", ", "{}", ((_link(one),) for one in left))
    return [format_html("Nobody serves {}.", links)] if left else []


def _paused(models: Sequence[Offered]) -> list[str]:
    lines = [
        (_link(one), words_for(timezone.now() - one.paused_since))
        for one in models
        if one.paused_since is not None
    ]
    pauses = reverse("admin:uploads_queuepause_changelist")
    each = format_html_join(", ", "{} (for {})", lines)
    return [format_html('Paused: {}. <a href="{}">Resume</a>', each, pauses)] if lines else []


def _link(one: Offered) -> str:
    return link_to(Model, one.name, one.title or one.name)
