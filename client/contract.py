"""The server's JSON as this client reads it: types, and how to look into them."""

from typing import Any, Literal, NotRequired, TypedDict

State = Literal["queued", "running", "succeeded", "failed", "canceled"]

ENDED: frozenset[State] = frozenset({"succeeded", "failed", "canceled"})
"""The states a prediction stays in, unless somebody retries it."""


class Fault(TypedDict):
    """Why a prediction failed."""

    code: str
    message: str


class Prediction(TypedDict):
    """One model applied to one image. `progress` runs from 0 to 1."""

    id: int
    image: int
    upload: int
    model: str
    model_version: str | None
    state: State
    stage: str | None
    progress: float
    attempt: int
    error: Fault | None
    output: dict[str, Any] | None


class Image(TypedDict):
    """One file of an upload, or one page of it, with its prediction. `size` is in bytes.

    `prediction` is None where nothing is asked of the image any more.
    """

    id: int
    position: int
    page: NotRequired[int]
    name: str
    size: int
    sha256: str
    prediction: Prediction | None


class Upload(TypedDict):
    """The answer to one accepted request of images; `rejected` names those that were left out."""

    id: int
    model: str
    images: list[Image]
    rejected: NotRequired[list[dict[str, Any]]]


NOT_ASKED = Fault(code="no_prediction", message="The server has no prediction of this image.")
"""Of an image whose `prediction` is None."""


def predictions_of(upload: Upload) -> dict[int, Prediction]:
    """What an upload's images show, by id."""
    shown = (image["prediction"] for image in upload["images"])
    return {prediction["id"]: prediction for prediction in shown if prediction}


class Limits(TypedDict):
    """What one upload may hold."""

    max_images_per_upload: int
    max_image_bytes: int
    max_upload_bytes: int


class ModelVersion(TypedDict):
    """One version of a model and the labels that point to it."""

    version: str
    state: str
    labels: list[str]


class Model(TypedDict):
    """A model that the server offers."""

    name: str
    description: str
    task: NotRequired[str | None]
    versions: list[ModelVersion]
    default_version: str | None
    output_kind: str


class EventMessage(TypedDict):
    """A state change. `seq` rises by exactly 1 for each event of this user."""

    type: Literal["event"]
    seq: int
    kind: str
    upload: int | None
    prediction: int | None
    data: Any


class ProgressMessage(TypedDict):
    """How far a running prediction is; may be dropped under load. `fraction` runs from 0 to 1."""

    type: Literal["progress"]
    prediction: int
    attempt: int
    stage: str | None
    fraction: float | None
    queue_position: NotRequired[int | None]
