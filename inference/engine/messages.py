"""What a child says to its worker, checked word for word; the other way is `to_child`."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from inference.engine import limits
from strictjson.values import flaw

Phase = Literal["read", "decode", "compute", "encode", "store"]
"""What a child does with a job: reads its file, decodes and preprocesses it, has the model compute
it, encodes what came out, and stores that or a thumbnail."""

OutputFile = Literal["output.png", "output.webp"]
"""The name of the result file where the output is an image."""


def _output(value: dict[str, Any]) -> dict[str, Any]:
    return _plain(value, limits.OUTPUT_BYTES)


def _partial(value: dict[str, Any]) -> dict[str, Any]:
    return _plain(value, limits.PARTIAL_BYTES)


def _plain(value: dict[str, Any], max_bytes: int) -> dict[str, Any]:
    if wrong := flaw(value, max_bytes):
        raise ValueError(f"holds {wrong}")
    return value


_WITHOUT_NUL = r"^[^\x00]*$"
_MAX_INT64 = (1 << 63) - 1
_Size = Annotated[int, Field(ge=0, le=_MAX_INT64)]
_Text = Annotated[str, Field(pattern=_WITHOUT_NUL)]
"""That it holds no half of a surrogate pair is the wire's doing."""


class NamedTensor(TypedDict):
    """A tensor and its name; goes both ways."""

    name: Annotated[_Text, Field(max_length=limits.TENSOR_NAME_LENGTH)]
    datatype: str
    shape: list[_Size]
    data: bytes


class Begun(TypedDict):
    """No message but a note (`phase_record`): the child has begun with a phase of these jobs, and
    is at no other. A crash or a time-out may be their doing."""

    batch: int
    """Which of the batches that it was given, from 1."""
    step: int
    """Another for each phase that it begins with."""
    phase: Phase
    serials: list[int]
    """None: it is at any of the batch."""
    begun: list[int]
    """All with which it has begun since the batch began."""


class Ready(TypedDict):
    """The model is loaded and warm."""

    type: Literal["ready"]
    load_ms: _Size
    device: Annotated[str, Field(pattern=r"^(cpu|cuda:[0-9]{1,3}|remote)$")]
    """Where it really computes."""


class LoadFailed(TypedDict):
    """The model could not be loaded; the child ends."""

    type: Literal["load_failed"]
    message: Annotated[_Text, Field(max_length=limits.REASON_LENGTH)]


class Ask(TypedDict):
    """Have the model's server compute these, and answer; nothing else is asked until then."""

    type: Literal["ask"]
    inputs: list[NamedTensor]


class Progressed(TypedDict):
    """A job's progress."""

    type: Literal["progress"]
    serial: int
    stage: Annotated[_Text, Field(max_length=limits.STAGE_LENGTH)]
    fraction: Annotated[float, Field(ge=0, le=1)]
    partial: Annotated[dict[str, Any], AfterValidator(_partial)] | None


class Pictured(TypedDict):
    """An image has its thumbnail, whatever becomes of it."""

    type: Literal["thumbnail"]
    serial: int
    thumbhash: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{8,34}={0,2}$")]


class ChildTiming(TypedDict):
    """What the child measured, in nanoseconds."""

    decode_ns: _Size
    compute_ns: _Size
    encode_ns: _Size
    batch_size: Annotated[int, Field(ge=1, le=_MAX_INT64)]


class Succeeded(TypedDict):
    """An image has its result."""

    type: Literal["succeeded"]
    serial: int
    output: Annotated[dict[str, Any], AfterValidator(_output)]
    output_file: OutputFile | None
    output_bytes: bytes | None
    timing: ChildTiming


class Computed(TypedDict):
    """Tensors have their result: the outputs that were wanted, in that order."""

    type: Literal["computed"]
    serial: int
    outputs: list[NamedTensor]
    timing: ChildTiming


class Failed(TypedDict):
    """A job failed."""

    type: Literal["failed"]
    serial: int
    code: Annotated[str, Field(pattern=rf"^[a-z_]{{1,{limits.ERROR_CODE_LENGTH}}}$")]
    message: Annotated[_Text, Field(min_length=1, max_length=limits.ERROR_MESSAGE_LENGTH)]
    kind: Literal["permanent", "transient", "timeout", "infrastructure"]
    timing: ChildTiming | None


class Canceled(TypedDict):
    """A job was canceled in time."""

    type: Literal["canceled"]
    serial: int


class BatchDone(TypedDict):
    """Every job of the batch was answered."""

    type: Literal["batch_done"]


AboutJob = Progressed | Pictured | Succeeded | Computed | Failed | Canceled
FromChild = Annotated[
    Ready | LoadFailed | Ask | AboutJob | BatchDone,
    Field(discriminator="type"),
]
