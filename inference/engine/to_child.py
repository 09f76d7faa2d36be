"""What a worker says to its children; the other way is `messages`."""

from typing import Any, Literal

from typing_extensions import TypedDict

from inference.engine.messages import NamedTensor


class Limits(TypedDict):
    """`DecodeLimits` on its way to the child."""

    formats: list[str]
    max_pixels: int
    max_side: int


class Load(TypedDict):
    """Load this version of a model: the first message to a child, and sent once."""

    type: Literal["load"]
    backend: str
    folder: str
    files: str
    output_kind: str
    device: str
    threads: int
    max_batch_size: int
    inputs: list[dict[str, Any]]
    """`TensorConfig` as JSON."""
    outputs: list[dict[str, Any]]
    """`TensorConfig` as JSON."""
    preprocessing: dict[str, Any] | None
    """`Preprocessing` as JSON."""
    interpretation: dict[str, Any] | None
    """`Interpretation` as JSON."""
    warm_up: dict[str, Any] | None
    """`WarmUp` as JSON."""
    max_side: int | None
    limits: Limits


class ImageItem(TypedDict):
    """One job of the next batch: an image. `serial` names it on the wire."""

    type: Literal["image"]
    serial: int
    source: str | bytes
    """A file's path, or its content."""
    params: dict[str, Any]
    page: int
    image_pages: dict[str, int]
    images: dict[str, str | None]
    """`ImageJob.images`: paths."""
    image_type: str
    results: str | None
    """None: a result image comes with the answer."""
    thumbnail: str | None
    display: str | None


class TensorItem(TypedDict):
    """One job of the next batch: tensors."""

    type: Literal["tensors"]
    serial: int
    inputs: list[NamedTensor]
    outputs: list[str]
    """Which are wanted."""


class MakeThumbnail(TypedDict):
    """To the process that makes thumbnails: make this one."""

    type: Literal["make_thumbnail"]
    serial: int
    source: str
    """A file's path."""
    page: int
    thumbnail: str
    display: str
    limits: Limits


class Compute(TypedDict):
    """Compute the items that were sent; the next are sent only after `batch_done`.

    Items come as messages of their own, since together they may be larger than a message may be.
    """

    type: Literal["compute"]


class Answered(TypedDict):
    """What the model's server gave for what was asked."""

    type: Literal["answered"]
    outputs: list[NamedTensor]


class Refused(TypedDict):
    """Why the model's server gave nothing: a code of `inference.engine.errors`."""

    type: Literal["refused"]
    code: str
    message: str


class Cancel(TypedDict):
    """Give this job up at the next step."""

    type: Literal["cancel"]
    serial: int


Item = ImageItem | TensorItem
ToChild = Load | Item | Compute | Answered | Refused | Cancel | MakeThumbnail
