"""Parameters that are ids of images: whose they are, and where their files lie."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from strictjson.schema import image_params
from uploads.catalog.offers import Choice, params_schema
from uploads.errors import Fault, InvalidParams
from uploads.models import Image
from uploads.storage import archive_reading, local

_LARGEST_ID: Final = (1 << 63) - 1

Paths = dict[str, str | None]
"""By the parameter's name, the key of the image's file in storage; None: it is not there any more,
or never was this user's."""


def require(user_id: int, choice: Choice, params: Mapping[str, Any]) -> None:
    """Refuses parameters that name an image which is not this user's, or no longer stored.

    Raises:
        InvalidParams: with a fault for each; somebody else's image is as absent as none.
        StorageUnavailable: the archive, which may have one, does not answer.
    """
    named = _named(choice.params_schema, params)
    if not named:
        return
    stored = _stored([(user_id, named)])
    faults = [
        Fault("invalid_params", f"You have no image {params[name]}.", field=f"params.{name}")
        for name, number in named.items()
        if not _is_there(number, stored.get((user_id, number)))
    ]
    if faults:
        raise InvalidParams("The parameters name an image that is not there.", tuple(faults))


def paths(model: str, version: str, asked: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Paths]:
    """For each user's parameters for a version of a model, the images that they name."""
    if not any(params for _, params in asked):
        return [{} for _ in asked]
    schema = params_schema(model, version)
    named = [(user_id, _named(schema, params)) for user_id, params in asked]
    stored = _stored(named)
    return [
        {name: stored.get((user_id, number)) for name, number in of_it.items()}
        for user_id, of_it in named
    ]


def _named(schema: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, int]:
    return {name: _id(params[name]) for name in image_params(schema) if name in params}


def _id(value: Any) -> int:
    """JSON Schema takes 7.0 for an integer; 0, which no image has, for what cannot be an id."""
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return int(value) if is_whole and 0 < value <= _LARGEST_ID else 0


def _stored(named: Iterable[tuple[int, Mapping[str, int]]]) -> dict[tuple[int, int], str]:
    """The keys of those that are stored, by their user and id."""
    numbers = {number for _, of_it in named for number in of_it.values()}
    if not numbers:
        return {}
    kept: QuerySet[Image] = Image.objects.filter(
        pk__in=numbers, upload__deleted_at=None, deleted_at=None
    )
    rows = kept.exclude(image_path="").values_list("upload__user_id", "pk", "image_path")
    return {(user_id, number): path for user_id, number, path in rows}


def _is_there(image_id: int, path: str | None) -> bool:
    if path is None or local.path_of(path).is_file():
        return path is not None
    return archive_reading.holds(path, Image.objects.get(pk=image_id).sha256)
