"""How rows look to clients: the one definition of a prediction, an image and an upload in JSON."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict

from uploads.models import Image, Prediction, Upload
from uploads.queue_place import Obstacle, Place
from uploads.states import State


class ErrorView(TypedDict):
    code: str
    message: str


class PredictionView(TypedDict):
    """A prediction as clients see it. `output` is None until it succeeded and once deleted.

    `waiting` tells why a queued one is not taken now; None: only its turn has not come.
    """

    id: int
    image: int
    upload: int
    model: str
    model_version: str
    params: dict[str, Any]
    state: str
    stage: str | None
    progress: float
    attempt: int
    queue_position: int | None
    waiting: ErrorView | None
    failures: int
    error: ErrorView | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    timing: dict[str, Any] | None
    provenance: dict[str, Any] | None
    output: dict[str, Any] | None


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def maybe_timestamp(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def event_facts(prediction: Prediction, upload_id: int) -> dict[str, Any]:
    """What an event keeps of the moment: not what its user wrote or got, which can be deleted."""
    return {
        name: value
        for name, value in prediction_facts(prediction, upload_id).items()
        if name != "params"
    }


def prediction_facts(prediction: Prediction, upload_id: int) -> PredictionView:
    """A prediction without its output."""
    error: ErrorView | None = None
    if prediction.error_code:
        error = {"code": prediction.error_code, "message": prediction.error_message}
    return {
        "id": prediction.pk,
        "image": prediction.image_id,
        "upload": upload_id,
        "model": prediction.model,
        "model_version": prediction.model_version,
        "params": prediction.params,
        "state": str(prediction.state),
        "stage": prediction.stage,
        "progress": prediction.progress,
        "attempt": prediction.attempt,
        "queue_position": None,
        "waiting": None,
        "failures": prediction.failures,
        "error": error,
        "created_at": timestamp(prediction.created_at),
        "started_at": maybe_timestamp(prediction.started_at),
        "finished_at": maybe_timestamp(prediction.finished_at),
        "timing": prediction.timing,
        "provenance": prediction.provenance,
        "output": None,
    }


def output_view(prediction_id: int, output: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A prediction's stored output with the address of its file, where it has one."""
    if output is None:
        return None
    if output.get("kind") == "image":
        return {**output, "url": f"/api/predictions/{prediction_id}/output/"}
    return dict(output)


def waiting_view(obstacle: Obstacle | None) -> ErrorView | None:
    """Why a queued prediction is not taken now; None: nothing but its turn."""
    return None if obstacle is None else {"code": obstacle.code, "message": obstacle.message}


def prediction_view(
    prediction: Prediction, upload_id: int, places: Mapping[int, Place]
) -> PredictionView:
    """A prediction as clients see it; `places` are those of queued ones by prediction id."""
    view = prediction_facts(prediction, upload_id)
    if place := places.get(prediction.pk):
        view["queue_position"] = place.position
        view["waiting"] = waiting_view(place.obstacle)
    view["output"] = output_view(prediction.pk, prediction.output)
    return view


def thumbnail_address(image: Image) -> str:
    """Where its small picture is, once there is one."""
    return f"/api/images/{image.pk}/thumbnail/"


def image_view(
    image: Image, prediction: Prediction | None, places: Mapping[int, Place]
) -> dict[str, Any]:
    """An image with its first prediction, which is the one its upload asked for."""
    first = prediction and prediction_view(prediction, image.upload_id, places)
    return {**_image_facts(image), "prediction": first}


def listed_image_view(
    image: Image, runs: Iterable[Prediction], places: Mapping[int, Place]
) -> dict[str, Any]:
    """An image (with its upload) that stands by itself: when it was sent, and predictions of it.

    `runs` are those, oldest first.
    """
    return {
        **_image_facts(image),
        "created_at": timestamp(image.upload.created_at),
        "runs": [prediction_view(one, image.upload_id, places) for one in runs],
    }


def _image_facts(image: Image) -> dict[str, Any]:
    here = f"/api/images/{image.pk}"
    return {
        "id": image.pk,
        "upload": image.upload_id,
        "position": image.position,
        "page": image.page,
        "pages": image.pages,
        "name": image.image_name,
        "image_type": image.image_type,
        "content_type": image.content_type,
        "width": image.width,
        "height": image.height,
        "orientation": image.orientation,
        "size": image.size,
        "sha256": image.sha256,
        "file": f"{here}/file/",
        "display": f"{here}/file/" if image.is_shown_by_browsers else f"{here}/display/",
        "thumbnail": thumbnail_address(image) if image.thumbnail_path else None,
        "thumbhash": image.thumbhash or None,
        "archived_at": maybe_timestamp(image.archived_at),
        "pinned": image.pinned_at is not None,
        "predictions": f"{here}/predictions/",
    }


def upload_view(
    upload: Upload,
    images: Iterable[Image],
    first: Mapping[int, Prediction],
    counts: Mapping[str, int],
    places: Mapping[int, Place],
) -> dict[str, Any]:
    """An upload with its images, each with its `first` prediction, which are by image id.

    `counts` has how many of all their predictions are in each state.
    """
    return {
        "id": upload.pk,
        "model": upload.model,
        "model_version": upload.model_version,
        "params": upload.params,
        "created_at": timestamp(upload.created_at),
        "counts": {str(state): counts.get(state, 0) for state in State},
        "images": [image_view(image, first.get(image.pk), places) for image in images],
    }
