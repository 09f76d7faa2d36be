"""API keys: made once, known by their hash, revoked at any time.

A key is `drk_<12 hexadecimal digits>_<64 hexadecimal digits>`. The first digits are public and find
the row; the others are 256 random bits. Kept is a plain SHA-256 of the whole: a slow hash protects
what people choose, of which there is little to try, and would cost every request its time; nobody
tries 2^256, however fast one trial is.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from uploads import bus
from uploads.errors import TooManyKeys
from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.models import ApiKey, Scope, User
from uploads.sign_in import wrong_credentials
from uploads.sign_in.claims import InvalidToken
from uploads.sign_in.identity import Identity

MARK: Final = "drk_"
"""What every key begins with, so that it is told from a token, and found where it leaked."""
USE_NOTED_EVERY: Final = timedelta(minutes=1)

_PUBLIC_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_KEY: Final = re.compile(r"(drk_[0-9a-f]{12})_[0-9a-f]{64}")


class InvalidKey(InvalidToken):
    """There is no such key, or it has expired or was revoked, or its user was disabled."""


def is_key(credential: str) -> bool:
    """Whether this is meant as a key, rather than as a token."""
    return credential.startswith(MARK)


def make(
    user: User, name: str, scopes: list[Scope], expires_at: datetime | None, actor: Actor
) -> tuple[ApiKey, str]:
    """A new key of this user, and its text, which nobody can show again.

    Raises:
        TooManyKeys: the user has as many as one may have.
    """
    prefix = f"{MARK}{secrets.token_hex(_PUBLIC_BYTES)}"
    text = f"{prefix}_{secrets.token_hex(_SECRET_BYTES)}"
    with recording() as log:
        # Locked, so that of many at once none is too many.
        list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
        if ApiKey.live(user=user).count() >= settings.MAX_API_KEYS_PER_USER:
            raise TooManyKeys
        row = ApiKey.objects.create(
            user=user,
            name=name,
            prefix=prefix,
            sha256=_sha256(text),
            scopes=[str(scope) for scope in scopes],
            expires_at=expires_at,
        )
        log.add(Kind.KEY_CREATED, user_id=user.pk, actor=actor, facts=_facts(row))
    return row, text


def identify(text: str, actor: Actor) -> Identity:
    """Whom this key speaks for; noted as its use, at most once a minute.

    `actor` is who sends it, as far as that is known: a wrong one counts as its address's.

    Raises:
        InvalidKey: it does not count.
        TooManyFailures: it does not, and neither did others from this address.
    """
    match = _KEY.fullmatch(text)
    row = match and ApiKey.objects.filter(prefix=match[1]).select_related("user").first()
    if row is None or not hmac.compare_digest(row.sha256, _sha256(text)) or not _counts(row):
        wrong_credentials.note("key", row.user_id if row else 0, actor)
        raise InvalidKey
    _note_use(row)
    return Identity(row.user, None, row.expires_at, row)


def revoke(row: ApiKey, actor: Actor) -> bool:
    """Has a key do nothing from now on, and closes its sockets; False: it was revoked before."""
    with recording() as log:
        rows = ApiKey.objects.filter(pk=row.pk, revoked_at=None)
        if not rows.update(revoked_at=timezone.now()):
            return False
        log.add(Kind.KEY_REVOKED, user_id=row.user_id, actor=actor, facts=_facts(row))
    bus.after_commit(recheck=row.user_id)
    return True


def _counts(row: ApiKey) -> bool:
    is_over = row.expires_at is not None and row.expires_at <= timezone.now()
    return row.revoked_at is None and not is_over and row.user.is_active


def _note_use(row: ApiKey) -> None:
    now = timezone.now()
    before = now - USE_NOTED_EVERY
    if row.last_used_at is None or row.last_used_at <= before:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=before)
        ApiKey.objects.filter(stale, pk=row.pk).update(last_used_at=now)


def _facts(row: ApiKey) -> dict[str, object]:
    """What the audit keeps; not the name, which is the user's own text."""
    expires_at = row.expires_at and row.expires_at.isoformat()
    return {"id": row.pk, "prefix": row.prefix, "scopes": row.scopes, "expires_at": expires_at}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
