"""Which of two versions an upload gets where they share traffic."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from uploads.catalog import availability, offers, splits
from uploads.catalog.offers import Choice
from uploads.catalog.params import fits, valid_params
from uploads.errors import InvalidParams
from uploads.models import Model, Prediction, TrafficSplit


def settle(
    choice: Choice, params: dict[str, Any], upload_id: Callable[[], int]
) -> tuple[Choice, dict[str, Any]]:
    """The version that an upload gets, and its parameters as they are stored.

    All photos of an upload get the same one, also later ones. `upload_id` is asked only where
    there is a split. What the new version takes no such parameters for stays with the old one.

    Raises:
        InvalidParams: neither takes them.
    """
    split = choice.split
    if split is None:
        return choice, valid_params(choice, params)
    if splits.bucket(split.pk, upload_id()) < split.percent:
        schema = offers.params_schema(choice.name, split.to_version)
        other = replace(choice, version=split.to_version, params_schema=schema)
        try:
            return other, valid_params(other, params)
        except InvalidParams:
            pass
    return choice, valid_params(choice, params)


def after_rollback(prediction: Prediction) -> str | None:
    """The version that a prediction gets in place of one that its split was rolled back from.

    None: it keeps its own.
    """
    if prediction.traffic_split is None:
        return None
    split = TrafficSplit.objects.filter(pk=prediction.traffic_split).first()
    is_back = split is not None and split.state == TrafficSplit.State.ROLLED_BACK
    if split is None or not is_back or prediction.model_version != split.to_version:
        return None
    old = successor(split)
    return old.version if old and fits(prediction.params, old) else None


def successor(split: TrafficSplit) -> Choice | None:
    """The old version of a split, where it would be computed."""
    model = Model.objects.filter(pk=split.model).prefetch_related("versions").first()
    if model is None:
        return None
    number, now = split.from_version, availability.read()
    is_there = any(one.version == number for one in model.versions.all())
    if not is_there or now.refusal(model, number):
        return None
    schema = offers.params_schema(model.name, number)
    return Choice(model.name, number, schema, is_named=False, split=split)
