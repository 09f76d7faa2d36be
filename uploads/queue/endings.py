"""How an attempt can end, as a worker tells it; `id` is the prediction's.

However it ends, its image may have got a thumbnail: `thumbnail_path` is its key, or empty, and
`thumbhash` what is shown until it is there.
"""

from dataclasses import dataclass
from typing import Any

from uploads.queue.retry import Blame


@dataclass(frozen=True)
class Success:
    """An attempt gave its result; the output's file, where there is one, is in storage."""

    id: int
    attempt: int
    output: dict[str, Any]
    output_path: str
    timing: dict[str, Any]
    provenance: dict[str, Any]
    thumbnail_path: str = ""
    thumbhash: str = ""


@dataclass(frozen=True)
class Failure:
    """An attempt ended without a result."""

    id: int
    attempt: int
    blame: Blame
    code: str
    message: str
    timing: dict[str, Any] | None = None
    provenance: dict[str, Any] | None = None
    thumbnail_path: str = ""
    thumbhash: str = ""


@dataclass(frozen=True)
class Cancellation:
    """An attempt's work was stopped: canceled if its user asked for that, else given back."""

    id: int
    attempt: int
    thumbnail_path: str = ""
    thumbhash: str = ""


@dataclass(frozen=True)
class Return:
    """An attempt was given up through no doing of its own: a drain, a mate's crash."""

    id: int
    attempt: int
    thumbnail_path: str = ""
    thumbhash: str = ""


Ending = Success | Failure | Cancellation | Return
