"""What goes into the engine and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
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
class Job:
    """One attempt at one prediction: an image file and what to do with it."""

    id: int
    attempt: int
    model: str
    version: str
    source: Path
    sha256: str
    """Of the source file, as it was when it was stored."""
    params: Mapping[str, Any]
    image_type: str
    results: Path
    """A directory of this attempt alone; absent until the child writes a result file into it."""
    thumbnail: Path | None
    """Where to write a WebP of at most 320 x 320 pixels; None: it is there already."""
    alone: bool
    """A suspect: it never shares a batch with others."""


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
    """Where a job's time went, in whole milliseconds."""

    decode_ms: int
    compute_ms: int
    """Of the whole batch it was computed in."""
    encode_ms: int
    batch_size: int
    wait_ms: int
    """In the engine before its batch started, the loading of the model included."""


class FailureKind(StrEnum):
    """Who is to blame, and so what may come next."""

    PERMANENT = "permanent"
    """Another try gives the same."""
    TRANSIENT = "transient"
    """The image's or the model's doing: it may be tried again, a bounded number of times."""
    INFRASTRUCTURE = "infrastructure"
    """Nobody's fault, such as a full disk: to be tried again without being counted."""


@dataclass(frozen=True)
class Succeeded:
    """The model gave its result."""

    job: Job
    output: dict[str, Any]
    """JSON, told apart by its `kind`: text, image or labels."""
    output_file: str | None
    """The name of the file written into `job.results`, where the output is an image."""
    timing: Timing
    provenance: dict[str, str]
    """`model_sha256` and `device`."""
    thumbnail_written: bool


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


@dataclass(frozen=True)
class Canceled:
    """The job was called off by `Engine.cancel`."""

    job: Job


@dataclass(frozen=True)
class GivenBack:
    """The job was not computed, through no doing of its own; it costs nothing to try again."""

    job: Job


Outcome = Succeeded | Failed | Canceled | GivenBack
