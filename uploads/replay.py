"""A user's events read back: where their stream stands, and what it holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from uploads import representation, statements
from uploads.event_kinds import WITH_OUTPUT, Kind
from uploads.models import Event, EventStream

OUTPUT_LIMIT_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class Position:
    """Where a user's stream stands: events 1 … `seq` of `epoch`; those before `oldest` are gone."""

    epoch: str
    seq: int
    oldest: int


def position(user_id: int) -> Position:
    """Where this user's stream stands; the stream begins with the first question for it."""
    stream, _ = EventStream.objects.get_or_create(user_id=user_id)
    oldest = (
        Event.objects.filter(user_id=user_id, seq__isnull=False)
        .order_by("seq")
        .values_list("seq", flat=True)
        .first()
    )
    return Position(str(stream.epoch), stream.last_seq, oldest or stream.last_seq + 1)


def newest_seqs(user_ids: Sequence[int]) -> dict[int, int]:
    """The newest `seq` of each of these users, in one query."""
    rows = EventStream.objects.filter(user_id__in=user_ids).values_list("user_id", "last_seq")
    return dict(rows)


def read(user_id: int, *, after: int, limit: int) -> list[dict[str, Any]]:
    """A user's events after `after`, oldest first, as the socket and REST send them."""
    return [_message(event) for event in statements.events_after(user_id, after, limit)]


def read_traced(user_id: int, *, after: int, limit: int) -> list[tuple[dict[str, Any], str | None]]:
    """As `read`; beside each event of a prediction the trace that this is part of."""
    rows = statements.events_after(user_id, after, limit)
    return [(_message(event), event.traceparent) for event in rows]


def _message(event: statements.EventRow) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(event.facts)
    if event.prediction_id is not None:
        data["params"] = {} if event.params is None else json.loads(event.params)
    if event.kind == Kind.IMAGE_THUMBNAILED:
        data["thumbhash"] = event.thumbhash or None
    if event.kind in WITH_OUTPUT and event.prediction_id is not None:
        output = None if event.output is None else json.loads(event.output)
        data["output"] = representation.output_view(event.prediction_id, output)
        if output is not None and len(json.dumps(output)) > OUTPUT_LIMIT_BYTES:
            data |= {"output": None, "truncated": True}
    return {
        "type": "event",
        "seq": event.seq,
        "kind": event.kind,
        "at": representation.timestamp(event.at),
        "upload": event.upload_id,
        "image": event.image_id,
        "prediction": event.prediction_id,
        "data": data,
    }
