"""Splits of traffic roll back by themselves where the new version fails more than the old one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from uploads import bus
from uploads.catalog import availability, offers, sharing, splits, succession
from uploads.models import Model, Prediction, TrafficSplit
from uploads.states import State

WINDOW: Final = timedelta(hours=1)
LOOKED_AT: Final = 10_000
"""So many successes of a model and failures of all are looked at, the newest."""
FEWEST_UPLOADS: Final = 3
"""Failures must come from so many uploads: all photos of one get the same version."""

MODELS_OWN: Final = (
    *("attempts_exhausted", "invalid_output", "model_crashed", "model_error"),
    *("out_of_memory", "timeout"),
)
"""Error codes of failures that are the model's doing: not of files that cannot be read, of
parameters, or of a storage that is away."""


@dataclass(frozen=True)
class Share:
    """What one version has ended lately."""

    ended: int
    """Successes and failures of the model's doing."""
    failed: int
    uploads: int
    """From which the failures came."""

    def rate(self, at_least: int = 1) -> float:
        """From 0 to 1; fewer than `at_least` are counted as if the others had succeeded."""
        return self.failed / max(self.ended, at_least)


@dataclass(frozen=True)
class Figures:
    """What both versions of a split have ended in the same time."""

    since: datetime
    old: Share
    new: Share

    def is_worse(self, split: TrafficSplit) -> bool:
        """Whether the new version has ended enough, and fails more by more than the margin."""
        if self.new.ended < split.min_samples or self.new.uploads < FEWEST_UPLOADS:
            return False
        more = self.new.rate() - self.old.rate(split.min_samples)
        return more > split.margin / 100

    def as_facts(self) -> dict[str, Any]:
        """As an event keeps them."""
        return {
            "looked_at_since": self.since.isoformat(),
            "from": asdict(self.old),
            "to": asdict(self.new),
        }


@dataclass
class Watched:
    """What a round has done."""

    rolled_back: list[TrafficSplit] = field(default_factory=list)
    seqs: dict[int, int] = field(default_factory=dict)
    """The newest `seq` of each user of whom something waits for another version now."""


def go_on() -> Watched:
    """Judges every running split, and moves what waits for a version that gets nothing any more.

    Any number of workers may do it at once, and again after one died in between.
    """
    done = Watched()
    for split in splits.in_force().values():
        is_back = split.state == TrafficSplit.State.ROLLED_BACK
        if split.state == TrafficSplit.State.RUNNING and split.percent:
            now = figures(split)
            if now.is_worse(split) and splits.roll_back(split, now.as_facts()):
                done.rolled_back.append(split)
                is_back = True
        if (is_back or not _is_served(split)) and (old := sharing.successor(split)):
            done.seqs |= succession.move_on(split.to_version, old, split=split.pk)
    if done.seqs:
        bus.after_commit(wake=True)
    return done


def figures(split: TrafficSplit) -> Figures:
    """What both versions ended since the split is watched, of the last hour at most."""
    since = max(split.watched_since, timezone.now() - WINDOW)
    good = Prediction.objects.filter(state=State.SUCCEEDED, model=split.model)
    bad = Prediction.objects.filter(state=State.FAILED)
    # Of both kinds from the same moment on: the newest of one may go back further.
    since = max(since, _begin(good, since))
    since = max(since, _begin(bad, since))
    succeeded = _newest(good, since).aggregate(
        old=Count("pk", filter=Q(model_version=split.from_version)),
        new=Count("pk", filter=Q(model_version=split.to_version)),
    )
    own = Q(model=split.model, error_code__in=MODELS_OWN)
    old, new = (own & Q(model_version=one) for one in (split.from_version, split.to_version))
    failed = _newest(bad, since).aggregate(
        old=Count("pk", filter=old),
        new=Count("pk", filter=new),
        old_uploads=Count("image__upload_id", filter=old, distinct=True),
        new_uploads=Count("image__upload_id", filter=new, distinct=True),
    )
    return Figures(since, _share("old", succeeded, failed), _share("new", succeeded, failed))


def _share(name: str, succeeded: Mapping[str, int], failed: Mapping[str, int]) -> Share:
    ended = succeeded[name] + failed[name]
    return Share(ended, failed[name], failed[f"{name}_uploads"])


def _newest(rows: QuerySet[Prediction], since: datetime) -> QuerySet[Prediction]:
    return rows.filter(finished_at__gte=since).order_by("-finished_at")[:LOOKED_AT]


def _begin(rows: QuerySet[Prediction], since: datetime) -> datetime:
    """When the oldest ended of those that are looked at, where there are more."""
    ended = rows.filter(finished_at__gte=since).order_by("-finished_at")
    first = ended.values_list("finished_at", flat=True)[LOOKED_AT - 1 : LOOKED_AT]
    return next(iter(first), None) or since


def _is_served(split: TrafficSplit) -> bool:
    """Whether its new version would be computed; nothing is moved while no worker can tell."""
    model = Model.objects.filter(pk=split.model).prefetch_related("versions").first()
    if model is None:
        return True
    is_known = (split.model, split.to_version) in offers.versions()
    return is_known and not availability.read().refusal(model, split.to_version)
