"""What a worker and its children say to each other."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

# --- to the child


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
    max_side: int | None
    limits: Limits


class BatchItem(TypedDict):
    """One job of a batch. `serial` names it on the wire."""

    serial: int
    source: str
    params: dict[str, Any]
    image_type: str
    results: str
    thumbnail: str | None


class Batch(TypedDict):
    """Compute these together. The next batch is sent only after `batch_done`."""

    type: Literal["batch"]
    items: list[BatchItem]


class Cancel(TypedDict):
    """Give this job up at the next step."""

    type: Literal["cancel"]
    serial: int


ToChild = Load | Batch | Cancel

# --- from the child


class Ready(TypedDict):
    """The model is loaded."""

    type: Literal["ready"]
    load_ms: int


class LoadFailed(TypedDict):
    """The model could not be loaded; the child ends."""

    type: Literal["load_failed"]
    message: str


class Touched(TypedDict):
    """The child begins with this job: from here on a crash may be its doing."""

    type: Literal["touched"]
    serial: int


class Advanced(TypedDict):
    """A job's progress."""

    type: Literal["progress"]
    serial: int
    stage: Annotated[str, Field(max_length=100)]
    fraction: Annotated[float, Field(ge=0, le=1)]
    partial: dict[str, Any] | None


class ChildTiming(TypedDict):
    """What the child measured, in milliseconds."""

    decode_ms: int
    compute_ms: int
    encode_ms: int
    batch_size: int


class Done(TypedDict):
    """A job has its result."""

    type: Literal["succeeded"]
    serial: int
    output: dict[str, Any]
    output_file: Literal["output.png"] | None
    thumbnail_written: bool
    timing: ChildTiming


class Undone(TypedDict):
    """A job failed."""

    type: Literal["failed"]
    serial: int
    code: Annotated[str, Field(pattern=r"^[a-z_]{1,50}$")]
    message: Annotated[str, Field(max_length=1000)]
    kind: Literal["permanent", "transient", "infrastructure"]
    timing: ChildTiming | None


class CalledOff(TypedDict):
    """A job was canceled in time."""

    type: Literal["canceled"]
    serial: int


class BatchDone(TypedDict):
    """Every job of the batch was answered."""

    type: Literal["batch_done"]


AboutJob = Touched | Advanced | Done | Undone | CalledOff
FromChild = Ready | LoadFailed | AboutJob | BatchDone
