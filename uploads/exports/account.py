"""All that is kept of a user, to take along: records, what happened, originals and results."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import Q

from uploads.exports.selection import Row, Selection, Some
from uploads.models import Correction, EmailNotices, Event, ModelOutput, User
from uploads.representation import (
    listed_image_view,
    maybe_timestamp,
    timestamp,
)

IMAGES_A_PART: Final = 10_000
EVENTS_AT_ONCE: Final = 2000
ACCOUNT: Final = "account"
"""In what an export includes: its part has what belongs to no image."""


class AccountSelection(Selection):
    """A part of a user's images with their corrections; before them, in one part, the account."""

    def __init__(self, user_id: int, image_ids: Sequence[int], *, with_account: bool) -> None:
        super().__init__(user_id, image_ids)
        self._texts = _account_texts(user_id) if with_account else iter(())

    def read(self) -> Some | None:
        """The next texts or images; None: there are no more."""
        text = next(self._texts, None)
        if text is not None:
            return Some([], [], [text])
        some = super().read()
        if some is None:
            return None
        rows = some.rows
        corrections: dict[int, list[Correction]] = defaultdict(list)
        ids = [one.pk for row in rows for one in row.predictions]
        found = Correction.objects.filter(prediction__in=ids)
        for one in found.order_by("pk"):
            corrections[one.prediction_id].append(one)
        read = ModelOutput.objects.filter(prediction__in=ids)
        outputs = dict(read.values_list("prediction_id", "output"))
        texts = [(_record_name(row), _record(row, corrections, outputs)) for row in rows]
        return Some(rows, some.missing, texts)


def _record_name(row: Row) -> str:
    """One with very many predictions has a file for each part of them, else all were in memory."""
    part = f"-part{row.part}" if row.part > 1 else ""
    return f"records/photo-{row.image.pk}{part}.json"


def _record(row: Row, corrections: dict[int, list[Correction]], outputs: dict[int, Any]) -> str:
    record = listed_image_view(row.image, row.predictions, {})
    for run in record["runs"]:
        run["model_output"] = outputs.get(run["id"])
        run["corrections"] = [
            {"line": one.line, "before": one.before, "after": one.after, "at": timestamp(one.at)}
            for one in corrections[run["id"]]
        ]
    upload = row.image.upload
    record["upload_address"], record["upload_client"] = upload.address, upload.client
    return _json(record)


def _account_texts(user_id: int) -> Iterator[tuple[str, str]]:
    """The files that are of no image; a query or some for each."""
    user = User.objects.get(pk=user_id)
    yield "account.json", _json(_account(user))
    mine = Event.objects.filter(user_id=user_id)
    number = 0
    # Each as an index has them.
    for events in (mine.filter(seq__isnull=False), mine.filter(seq__isnull=True)):
        last = 0
        while batch := list(events.filter(pk__gt=last).order_by("pk")[:EVENTS_AT_ONCE]):
            last, number = batch[-1].pk, number + 1
            lines = "".join(f"{json.dumps(_event(one), ensure_ascii=False)}\n" for one in batch)
            yield f"events/{number:04}.jsonl", lines


def _account(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "email_notices": EmailNotices.objects.filter(user=user).exists(),
        "saved_searches": [
            {"name": one.name, "address": one.address, "created_at": timestamp(one.created_at)}
            for one in user.saved_searches.order_by("name")
        ],
        "joined_at": timestamp(user.date_joined),
        "last_sign_in_at": maybe_timestamp(user.last_login),
        "sign_ins": [
            {
                "created_at": timestamp(one.created_at),
                "last_used_at": maybe_timestamp(one.last_used_at),
                "ended_at": maybe_timestamp(one.ended_at),
                "address": one.address,
                "client": one.client,
            }
            for one in user.sessions.order_by("created_at", "pk")
        ],
        "api_keys": [
            {
                "name": one.name,
                "prefix": one.prefix,
                "scopes": one.scopes,
                "created_at": timestamp(one.created_at),
                "last_used_at": maybe_timestamp(one.last_used_at),
                "expires_at": maybe_timestamp(one.expires_at),
                "revoked_at": maybe_timestamp(one.revoked_at),
            }
            for one in user.api_keys.order_by("pk")
        ],
        "webhooks": [
            {
                "url": one.url,
                "description": one.description,
                "kinds": one.kinds,
                "created_at": timestamp(one.created_at),
            }
            for one in user.webhooks.filter(Q(deleted_at=None)).order_by("pk")
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    """Of what somebody else did not from where, and no reason, which staff write for themselves."""
    is_theirs = event.actor_id == event.user_id
    return {
        "seq": event.seq,
        "kind": event.kind,
        "at": timestamp(event.at),
        "upload": event.upload_id,
        "image": event.image_id,
        "prediction": event.prediction_id,
        "by_you": is_theirs,
        "address": event.address if is_theirs else None,
        "client": event.client if is_theirs else "",
        "facts": event.facts,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
