"""Splits of traffic between two versions of a model: what they mean, and the acts on them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from uploads import events, statements
from uploads.event_kinds import Kind
from uploads.events import Actor, Log
from uploads.models import Model, TrafficSplit, lengths

State = TrafficSplit.State
Splits = Mapping[tuple[str, str], TrafficSplit]
"""By model and label; an empty label is what names no version."""

SHARES: Final = 100
MOST_SAMPLES: Final = 5000
FEWEST_SAMPLES: Final = 5


class SplitRefused(Exception):  # as the other refusals are named
    """A split cannot be made or changed so; the message is one sentence that says why."""


@dataclass(frozen=True)
class Wish:
    """A split that somebody asks for; `label` is empty for what names no version."""

    model: str
    label: str
    from_version: str
    to_version: str
    percent: int
    margin: int
    min_samples: int


def in_force() -> Splits:
    """Every split: also one that has ended keeps its meaning until it is removed."""
    return {(one.model, one.label): one for one in statements.traffic_splits()}


def by_precedence(split: TrafficSplit) -> tuple[str, str]:
    """Which of its versions stands for what it does not share out, and which where that is gone."""
    if split.state == State.FINISHED:
        return split.to_version, split.from_version
    return split.from_version, split.to_version


def standing_numbers() -> dict[tuple[str, str], str]:
    """What labels, and an empty one, mean where nothing is shared out: by model and label."""
    return {key: by_precedence(split)[0] for key, split in in_force().items()}


def bucket(split_id: int, upload_id: int) -> int:
    """Which of `SHARES` equal parts an upload is in: from 0, the same at any time and anywhere.

    The first 8 hexadecimal digits of the SHA-256 of "split/upload", modulo 100. Those below the
    percentage get the new version, so that a larger one moves nobody back.
    """
    digest = hashlib.sha256(f"{split_id}/{upload_id}".encode()).hexdigest()
    return int(digest[:8], 16) % SHARES


def check(wish: Wish) -> None:
    """Holds a wish against the catalog.

    The new version may be missing still: until it is there, all get the old one.

    Raises:
        SplitRefused: it makes no sense.
    """
    model = Model.objects.filter(pk=wish.model).prefetch_related("versions").first()
    if model is None:
        raise SplitRefused(f"There is no model named '{wish.model[:100]}'.")
    versions = list(model.versions.all())
    labels = {label for one in versions for label in one.labels}
    if wish.label and wish.label not in labels:
        raise SplitRefused(f"The model '{wish.model}' has no label '{wish.label[:100]}'.")
    if wish.from_version not in {one.version for one in versions}:
        raise SplitRefused(f"The model '{wish.model}' has no version '{wish.from_version[:20]}'.")
    digits = wish.to_version
    if not (digits.isascii() and digits.isdigit() and len(digits) <= lengths.MODEL_VERSION):
        raise SplitRefused("The new version is a number.")
    if wish.from_version == wish.to_version:
        raise SplitRefused("A split is between two different versions.")
    check_percent(wish.percent)
    _check_range("margin", wish.margin, 1, SHARES)
    _check_range("least number of samples", wish.min_samples, FEWEST_SAMPLES, MOST_SAMPLES)


def check_percent(percent: int) -> None:
    """Holds a percentage against what there can be.

    Raises:
        SplitRefused: it is less than none or more than all.
    """
    _check_range("percentage", percent, 0, SHARES)


def _check_range(name: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise SplitRefused(f"The {name} is a number from {least} to {most}.")


def start(wish: Wish, actor: Actor) -> TrafficSplit:
    """Has two versions share what asks for a label; one that has ended makes way.

    Raises:
        SplitRefused: it makes no sense, or the label is split already.
    """
    check(wish)
    with events.recording() as log:
        rows = TrafficSplit.objects.select_for_update()
        before = rows.filter(model=wish.model, label=wish.label).first()
        if before is not None and before.state == State.RUNNING:
            raise SplitRefused("Its traffic is split already: change, finish or take that back.")
        if before is not None:
            before.delete()
        split, is_new = TrafficSplit.objects.get_or_create(
            model=wish.model,
            label=wish.label,
            defaults={
                "from_version": wish.from_version,
                "to_version": wish.to_version,
                "percent": wish.percent,
                "margin": wish.margin,
                "min_samples": wish.min_samples,
                "actor_id": actor.id,
                "reason": actor.reason,
            },
        )
        if not is_new:
            raise SplitRefused("Its traffic was split by somebody else just now.")
        facts = {"margin": split.margin, "min_samples": split.min_samples}
        _note(Kind.SPLIT_STARTED, split, actor, log, facts)
    return split


def change(pk: int, percent: int, actor: Actor) -> TrafficSplit:
    """Has another share get the new version; one that had ended runs again, and is watched anew.

    Raises:
        SplitRefused: it is gone, or there is no such percentage.
    """
    check_percent(percent)
    return _change(pk, State.RUNNING, percent, actor, Kind.SPLIT_CHANGED)


def finish(pk: int, actor: Actor) -> TrafficSplit:
    """Has everything get the new version, and watches no more.

    Raises:
        SplitRefused: it is gone.
    """
    return _change(pk, State.FINISHED, SHARES, actor, Kind.SPLIT_FINISHED)


def take_back(pk: int, actor: Actor) -> TrafficSplit:
    """Has everything get the old version; `split_watch.go_on` moves what waits for the new one.

    Raises:
        SplitRefused: it is gone.
    """
    return _change(pk, State.ROLLED_BACK, 0, actor, Kind.SPLIT_ROLLED_BACK)


def roll_back(seen: TrafficSplit, figures: Mapping[str, Any]) -> bool:
    """As `take_back`, by a worker, unless somebody has changed the split since it was `seen`.

    Of several workers that ask for it one does it.
    """
    with events.recording() as log:
        split = TrafficSplit.objects.select_for_update().filter(pk=seen.pk).first()
        is_as_seen = split is not None and (split.state, split.changed_at) == (
            seen.state,
            seen.changed_at,
        )
        if split is None or not is_as_seen or split.state != State.RUNNING:
            return False
        facts = {"percent_before": split.percent, **figures}
        _set(split, State.ROLLED_BACK, 0, Actor())
        _note(Kind.SPLIT_ROLLED_BACK, split, Actor(), log, facts)
    return True


def remove(pk: int, actor: Actor) -> None:
    """Takes a split away: the model's folder says again what is meant.

    Raises:
        SplitRefused: it is gone.
    """
    with events.recording() as log:
        split = _held(pk)
        _note(Kind.SPLIT_REMOVED, split, actor, log)
        split.delete()


def _change(
    pk: int, state: TrafficSplit.State, percent: int, actor: Actor, kind: Kind
) -> TrafficSplit:
    with events.recording() as log:
        split = _held(pk)
        facts = {"percent_before": split.percent}
        if state == State.RUNNING != split.state:
            split.watched_since = timezone.now()
        _set(split, state, percent, actor)
        _note(kind, split, actor, log, facts)
    return split


def _held(pk: int) -> TrafficSplit:
    split = TrafficSplit.objects.select_for_update().filter(pk=pk).first()
    if split is None:
        raise SplitRefused("There is no such split any more.")
    return split


def _set(split: TrafficSplit, state: TrafficSplit.State, percent: int, actor: Actor) -> None:
    split.state, split.percent = state, percent
    split.changed_at = timezone.now()
    split.actor_id, split.reason = actor.id, actor.reason
    split.save()


def _note(
    kind: Kind, split: TrafficSplit, actor: Actor, log: Log, facts: Mapping[str, Any] | None = None
) -> None:
    log.add(
        kind,
        user_id=actor.id or 0,
        actor=actor,
        model=split.model,
        model_version=split.to_version,
        facts={
            "split": split.pk,
            "label": split.label,
            "from_version": split.from_version,
            "to_version": split.to_version,
            "percent": split.percent,
            **(facts or {}),
        },
    )
