"""What goes into the engine and what comes out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class DecodeLimits:
    """What an image file may be before its pixels are decoded."""

    formats: tuple[str, ...]
    """Pillow's names of the formats that are tried at all, such as `JPEG`."""
    max_pixels: int
    """The largest width times height."""
    max_side: int
    """The largest width or height, in pixels."""


@dataclass(frozen=True)
class Tensor:
    """An array as the Open Inference Protocol sends it in binary."""

    datatype: str
    """In the protocol's words: BOOL, UINT8 to UINT64, INT8 to INT64, FP16, FP32, FP64, BYTES."""
    shape: tuple[int, ...]
    data: bytes
    """Little-endian, row-major, without padding; an element of BYTES is its length (uint32) and
    its bytes."""


@dataclass(frozen=True, kw_only=True)
class _Work:
    id: int
    """Of the prediction; negative for work that has no row."""
    attempt: int
    model: str
    version: str
    protocol: str = "upload"
    """How it came: `upload`, or as a request by `rest` or `grpc`."""
    alone: bool = False
    """A suspect: it never shares a batch with others."""
    user_id: int | None = None
    """Of the person whose it is. None: of nobody who waits at a page."""
    queue_timeout: float | None = None
    """How many seconds it may wait for its batch to start. None: as long as its model allows."""


@dataclass(frozen=True, kw_only=True)
class ImageJob(_Work):
    """One attempt at one image: its file or its bytes, and what to do with it."""

    source: Path | bytes
    params: Mapping[str, Any]
    image_type: str = ""
    results: Path | None
    """A directory of this attempt alone; absent until the child writes a result file into it.
    None: a result image comes with the outcome."""
    thumbnail: Path | None = None
    """Where to write a JPEG of at most 320 x 320 pixels; None: nowhere."""
    display: Path | None = None
    """Where to write, with the thumbnail, a JPEG of at most 2,000 x 2,000 pixels of what not every
    browser shows."""
    on_thumbnail: Callable[[str], None] | None = field(default=None, compare=False)
    """Called with the ThumbHash once that is written, while the job goes on."""
    images: Mapping[str, Path | None] = field(default_factory=dict)
    """The file of each image that a parameter names by its id, by the parameter's name; None: that
    image is no longer stored."""
    page: int = 1
    """Which page of its file is meant, where that is a document."""
    image_pages: Mapping[str, int] = field(default_factory=dict)
    """Which page of each of `images` is meant; of those that are not named here the first."""


@dataclass(frozen=True, kw_only=True)
class TensorJob(_Work):
    """Tensors for a model that declares `inputs`, checked against its configuration."""

    inputs: Mapping[str, Tensor]
    """One for each declared input. Where the model batches, the first dimension of each is the
    same and counts as so many items of a batch."""
    outputs: tuple[str, ...]
    """Which of the declared outputs are wanted."""
    items: int
    """How many places of a batch it takes."""


Job = ImageJob | TensorJob


@dataclass(frozen=True)
class Progress:
    """How far a running job has come."""

    job_id: int
    attempt: int
    stage: str
    fraction: float
    """Of this stage, from 0 to 1."""
    partial: dict[str, Any] | None
    """What is known so far, at most 16 KiB as JSON."""


@dataclass(frozen=True)
class Timing:
    """Where a job's time went, in nanoseconds."""

    wait_ns: int
    """In the engine before its batch started, the loading of the model included."""
    decode_ns: int
    compute_ns: int
    """Of the whole batch it was computed in."""
    encode_ns: int
    batch_size: int
    """Items of the batch that was computed."""


class FailureKind(StrEnum):
    """Who is to blame, and so what may come next."""

    PERMANENT = "permanent"
    """Another try gives the same."""
    TRANSIENT = "transient"
    """The image's or the model's doing: it may be tried again, a bounded number of times."""
    TIMEOUT = "timeout"
    """It took too long: it may be tried once more."""
    INFRASTRUCTURE = "infrastructure"
    """Nobody's fault, such as a full disk: to be tried again without being counted."""


@dataclass(frozen=True)
class Succeeded:
    """The model gave its result for an image."""

    job: ImageJob
    output: dict[str, Any]
    """JSON, told apart by its `kind`: text, image, labels or raw."""
    output_file: str | None
    """The name of the file written into `job.results`, where the output is an image."""
    output_bytes: bytes | None
    """The encoded image itself, where the output is one and `job.results` is None."""
    timing: Timing
    provenance: dict[str, str]
    """`model_sha256` and `device`."""
    thumbhash: str | None = None
    """Of the thumbnail that was written; None: none was."""


@dataclass(frozen=True)
class Computed:
    """The model gave its result for tensors."""

    job: TensorJob
    outputs: Mapping[str, Tensor]
    """By name, each that was wanted."""
    timing: Timing
    provenance: dict[str, str]
    """`model_sha256` and `device`."""


@dataclass(frozen=True)
class Failed:
    """The job ended without a result."""

    job: Job
    code: str
    """Stable, snake_case."""
    message: str
    """One clear sentence."""
    kind: FailureKind
    timing: Timing | None = None
    shared: bool = False
    """Its process ended while it was at others too: it may have been their doing."""
    thumbhash: str | None = None


@dataclass(frozen=True)
class Canceled:
    """The job was called off by `Engine.cancel`."""

    job: Job
    thumbhash: str | None = None


@dataclass(frozen=True)
class GivenBack:
    """The job was not computed, through no doing of its own; it costs nothing to try again."""

    job: Job
    thumbhash: str | None = None


Outcome = Succeeded | Computed | Failed | Canceled | GivenBack
