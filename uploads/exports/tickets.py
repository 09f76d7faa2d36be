"""A download in two steps: a selection is named by a call with a token, and fetched once after it.

A browser saves a file only where it asks by itself, without a token. So the first answer brings a
cookie that counts for this one address, once and for a minute: the address alone gives nothing.
"""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from uploads.errors import Invalid, TooLarge
from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.exports.selection import in_order
from uploads.models import ApiKey, Export, Session, User
from uploads.sign_in.identity import Identity

SECONDS: Final = 60
MAX_IMAGES: Final = 10_000
MAX_BYTES: Final = 64 * 1024**3
"""Of originals."""
MAX_WAITING: Final = 10
"""Of one user; the oldest goes."""


@dataclass(frozen=True)
class Ticket:
    """A selection that waits to be fetched, and the cookie's secret."""

    export: Export
    secret: str


def require_bounds(images: int, size: int) -> None:
    """Returns where a selection is not empty and not too much.

    Raises:
        Invalid: there is nothing in it.
        TooLarge: there is too much in it.
    """
    if not images:
        raise Invalid("Nothing is selected: no photo matches.")
    if images > MAX_IMAGES:
        raise TooLarge(f"These are more than {MAX_IMAGES:,} photos: take fewer at a time.")
    if size > MAX_BYTES:
        raise TooLarge(f"These are more than {MAX_BYTES >> 30} GiB: take fewer photos at a time.")


def issue(identity: Identity, form: str, include: list[str], image_ids: list[int]) -> Ticket:
    """Notes a selection for one download within `SECONDS`."""
    user = identity.user
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    mine = Export.objects.filter(user=user)
    kept = mine.filter(expires_at__gt=now).order_by("-created_at", "pk").values("pk")
    mine.exclude(pk__in=list(kept[: MAX_WAITING - 1].values_list("pk", flat=True))).delete()
    export = Export.objects.create(
        user=user,
        session_id=identity.sid,
        api_key=identity.key,
        secret_sha256=_digest(secret),
        format=form,
        include=include,
        image_ids=image_ids,
        created_at=now,
        expires_at=now + timedelta(seconds=SECONDS),
    )
    return Ticket(export, secret)


def find(pk: uuid.UUID, *, secret: str, user: User | None) -> Export | None:
    """The selection of this address, for whoever has its secret or is its user.

    None: there is none any more, its sign-in has ended, or it is somebody else's.
    """
    waiting = Export.objects.filter(pk=pk, expires_at__gt=timezone.now())
    export = waiting.select_related("user").first()
    if export is None or not _is_live(export):
        return None
    is_theirs = user is not None and user.pk == export.user_id
    is_known = hmac.compare_digest(_digest(secret), export.secret_sha256)
    return export if is_theirs or is_known else None


def _is_live(export: Export) -> bool:
    """Whether the sign-in or the key that asked for it still counts."""
    if export.api_key_id is not None:
        return ApiKey.live(pk=export.api_key_id).exists()
    return Session.live(pk=export.session_id).exists()


def redeem(export: Export, actor: Actor) -> bool:
    """Whether this is its one download, which the audit is told of."""
    ids = export.image_ids
    facts = {
        "format": export.format,
        "include": export.include,
        "images": len(ids),
        "ids": in_order(ids),
    }
    with recording() as log:
        deleted, _ = Export.objects.filter(pk=export.pk).delete()
        if deleted:
            log.add(Kind.IMAGES_EXPORTED, user_id=export.user_id, actor=actor, facts=facts)
    return bool(deleted)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
