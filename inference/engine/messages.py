"""What a worker and its children say to each other."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

Phase = Literal["read", "decode", "compute", "encode"]
"""What a child does with a job: reads its file, decodes it (and preprocesses it, and makes its
thumbnail), has the model compute it, and encodes the image that came out."""

OUTPUT_FILE: Literal["output.png"] = "output.png"
"""The name of the result file where the output is an image."""

# --- both ways


class NamedTensor(TypedDict):
    """A tensor and its name."""

    name: str
    datatype: str
    shape: list[Annotated[int, Field(ge=0)]]
    data: bytes


# --- to the child


class Limits(TypedDict):
    """`DecodeLimits` on its way to the child."""

    formats: list[str]
    max_pixels: int
    max_side: int


class DeclaredTensor(TypedDict):
    """`TensorConfig` on its way to the child."""

    name: str
    datatype: str
    shape: list[int]


class DeclaredWarmUp(TypedDict):
    """`WarmUp` on its way to the child."""

    count: int
    batch_size: int
    dimension: int


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
    inputs: list[DeclaredTensor]
    outputs: list[DeclaredTensor]
    preprocessing: dict[str, Any] | None
    """`Preprocessing` as JSON."""
    interpretation: dict[str, Any] | None
    """`Interpretation` as JSON."""
    warm_up: DeclaredWarmUp | None
    max_side: int | None
    limits: Limits


class ImageItem(TypedDict):
    """One job of the next batch: an image. `serial` names it on the wire."""

    type: Literal["image"]
    serial: int
    source: str | bytes
    """A file's path, or its content."""
    params: dict[str, Any]
    image_type: str
    results: str | None
    """None: a result image comes with the answer."""
    thumbnail: str | None


class TensorItem(TypedDict):
    """One job of the next batch: tensors."""

    type: Literal["tensors"]
    serial: int
    inputs: list[NamedTensor]
    outputs: list[str]
    """Which are wanted."""


class Compute(TypedDict):
    """Compute the items that were sent; the next are sent only after `batch_done`.

    Items come as messages of their own, since together they may be larger than a message may be.
    """

    type: Literal["compute"]


class Cancel(TypedDict):
    """Give this job up at the next step."""

    type: Literal["cancel"]
    serial: int


Item = ImageItem | TensorItem
ToChild = Load | Item | Compute | Cancel

# --- from the child


class Ready(TypedDict):
    """The model is loaded and warm."""

    type: Literal["ready"]
    load_ms: int
    device: Annotated[str, Field(pattern=r"^(cpu|cuda:[0-9]{1,3})$")]
    """Where it really computes."""


class LoadFailed(TypedDict):
    """The model could not be loaded; the child ends."""

    type: Literal["load_failed"]
    message: str


class Begun(TypedDict):
    """The child begins with a phase of these jobs, and is at no other: from here on a crash or a
    time-out may be their doing."""

    type: Literal["begun"]
    phase: Phase
    serials: list[int]


class Advanced(TypedDict):
    """A job's progress."""

    type: Literal["progress"]
    serial: int
    stage: Annotated[str, Field(max_length=100)]
    fraction: Annotated[float, Field(ge=0, le=1)]
    partial: dict[str, Any] | None


class ChildTiming(TypedDict):
    """What the child measured, in nanoseconds."""

    decode_ns: int
    compute_ns: int
    encode_ns: int
    batch_size: int


class Done(TypedDict):
    """An image has its result."""

    type: Literal["succeeded"]
    serial: int
    output: dict[str, Any]
    output_file: Literal["output.png"] | None
    output_bytes: bytes | None
    thumbnail_written: bool
    timing: ChildTiming


class Computed(TypedDict):
    """Tensors have their result: the outputs that were wanted, in that order."""

    type: Literal["computed"]
    serial: int
    outputs: list[NamedTensor]
    timing: ChildTiming


class Undone(TypedDict):
    """A job failed."""

    type: Literal["failed"]
    serial: int
    code: Annotated[str, Field(pattern=r"^[a-z_]{1,50}$")]
    message: Annotated[str, Field(max_length=1000)]
    kind: Literal["permanent", "transient", "timeout", "infrastructure"]
    timing: ChildTiming | None


class CalledOff(TypedDict):
    """A job was canceled in time."""

    type: Literal["canceled"]
    serial: int


class BatchDone(TypedDict):
    """Every job of the batch was answered."""

    type: Literal["batch_done"]


AboutJob = Advanced | Done | Computed | Undone | CalledOff
FromChild = Annotated[
    Ready | LoadFailed | Begun | AboutJob | BatchDone,
    Field(discriminator="type"),
]
