"""Failed sign-ins, counted for each name and each address: guessing is slow, nobody is locked out.

Counts live in the database, which all web processes share, for a minute each. An attempt is
counted when it begins and forgotten when it succeeds, so that many at once are not let through;
one that finds no place beside attempts of this process waits for what becomes of them.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from uploads.addresses import network_of
from uploads.credentials import username_key
from uploads.models import FailedSignIns, Session
from uploads.sign_in.denials import PasswordsBusy, TooManyFailures
from uploads.threads import give_back_connections

WINDOW: Final = timedelta(minutes=1)
CLEARED_AT_ONCE: Final = 1000
WRITTEN_DOWN: Final = 30
"""So many wrong keys and tokens of one address does the audit keep a minute, without a limit."""
MOST_FULL: Final = 10_000
MAX_WAITING: Final = 24
"""With those who wait for a hash, fewer than there are places for views: others are answered."""
TIMEOUT_SECONDS: Final = 30.0

_begun: Final[Counter[str]] = Counter()
"""Attempts of this process by key that are being judged. Guarded by `_changed`."""
_changed: Final = threading.Condition()
_waiting: Final = threading.BoundedSemaphore(MAX_WAITING)
_full: Final[dict[str, float]] = {}
"""Until when no wrong credential of a key has a place, by the monotonic clock: whoever goes on
sending them costs the database nothing."""


class _NoPlace(Exception):
    """This key has as many failures and attempts as it may have."""

    def __init__(self, key: str, count: int, limit: int, wait: timedelta) -> None:
        self.key, self.count, self.limit, self.wait = key, count, limit, wait

    def may_be_free_soon(self) -> bool:
        """Whether attempts of this process hold places that they give back when they succeed."""
        return self.count - _begun[self.key] < self.limit


@dataclass
class Attempt:
    """One sign-in that is being judged."""

    keys: list[str] = field(default_factory=list)
    has_failed: bool = False


@contextmanager
def attempt(username: str, address: str | None) -> Iterator[Attempt]:
    """Counts what happens within as one failed sign-in if it says so.

    Raises:
        TooManyFailures: this name or this address has had its failures; with the seconds to wait.
        PasswordsBusy: it has not, but too many sign-ins are judged already.
    """
    limits = _limits(username, address)
    _take_places(limits)
    begun = Attempt([key for key, _ in limits])
    try:
        yield begun
    finally:
        try:
            if begun.has_failed:
                _clear()
            else:
                for key in begun.keys:
                    _forget(key)
        finally:
            _end(begun.keys)


def count_wrong_credential(address: str) -> bool:
    """Counts a wrong key or token of this address; its sign-ins by password count by themselves.

    Who sends one that is right is not to be kept out, so it is looked up before this is asked.

    Returns:
        Whether it is to be written down; False: without a limit, this minute has its share.

    Raises:
        TooManyFailures: this address has had its failures; with the seconds to wait.
    """
    limit = settings.THROTTLE_SIGN_IN_ADDRESS
    key = _digest(f"credential of {_of_address(address)}")
    wait = _full.get(key, 0.0) - time.monotonic()
    if wait <= 0:
        try:
            with transaction.atomic():
                _count(key, limit or WRITTEN_DOWN)
        except _NoPlace as full:
            wait = full.wait.total_seconds()
            if len(_full) >= MOST_FULL:
                _full.clear()
            _full[key] = time.monotonic() + wait
        else:
            _clear()
            return True
    if limit:
        raise TooManyFailures(timedelta(seconds=wait))
    return False


def _take_places(limits: list[tuple[str, int]]) -> None:
    """Counts an attempt for all its keys, when all have a place."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    # Whoever waits for the lock holds no connection: its owner may need the last one of the pool.
    give_back_connections()
    # Held while counting: whoever finds no place knows which of them this process gives back.
    with _changed:
        while True:
            try:
                with transaction.atomic():
                    for key, limit in limits:
                        _count(key, limit)
            except _NoPlace as full:
                if not full.may_be_free_soon():
                    raise TooManyFailures(full.wait) from None
                if not _waits(deadline - time.monotonic()):
                    raise PasswordsBusy from None
            else:
                _begun.update(key for key, _ in limits)
                return


def _waits(seconds: float) -> bool:
    """Waits until an attempt of this process has ended; False: that took too long, or too many
    wait already."""
    if seconds <= 0 or not _waiting.acquire(blocking=False):
        return False
    try:
        give_back_connections()
        return _changed.wait(seconds)
    finally:
        _waiting.release()


def _end(keys: list[str]) -> None:
    give_back_connections()
    with _changed:
        _begun.subtract(keys)
        for key in keys:
            if not _begun[key]:
                del _begun[key]
        _changed.notify_all()


def _limits(username: str, address: str | None) -> list[tuple[str, int]]:
    """What is counted, and how many failures a minute it may have; always in one order."""
    key = username_key(username)
    whose = f"name {key}"
    if _is_known(key, address):
        # A stranger who guesses must not keep people from their accounts where they use them.
        whose = f"{whose} at {address}"
    limits = (
        (_of_address(address), settings.THROTTLE_SIGN_IN_ADDRESS),
        (whose, settings.THROTTLE_SIGN_IN_NAME),
    )
    return [(_digest(one), limit) for one, limit in limits if limit]


def _of_address(address: str | None) -> str:
    return f"address {network_of(address) or 'unknown'}"


def _is_known(key: str, address: str | None) -> bool:
    """Whether the account of this name has signed in from this address before."""
    if address is None:
        return False
    return Session.objects.filter(user__username_key=key, address=address).exists()


def _digest(text: str) -> str:
    """One key has one length; and what people mistype as a name may be a password."""
    return salted_hmac("uploads.throttle", text, algorithm="sha256").hexdigest()


def _count(key: str, limit: int) -> None:
    """One more, in this transaction: of many at once no two get the same place."""
    now = timezone.now()
    rows = FailedSignIns.objects.select_for_update()
    row, _ = rows.get_or_create(pk=key, defaults={"count": 0, "since": now})
    if row.since < now - WINDOW:
        row.count, row.since = 0, now
    if row.count >= limit:
        raise _NoPlace(key, row.count, limit, row.since + WINDOW - now)
    row.count += 1
    row.save()


def _forget(key: str) -> None:
    """One less; a row that counts nothing is not kept."""
    rows = FailedSignIns.objects.filter(pk=key)
    rows.update(count=F("count") - 1)
    rows.filter(count__lte=0).delete()


def _clear() -> None:
    """Removes counts that are over, except those that somebody takes up anew right now."""
    over = FailedSignIns.objects.filter(since__lt=timezone.now() - WINDOW)
    with transaction.atomic():
        keys = over.select_for_update(skip_locked=True).values_list("pk", flat=True)
        over.filter(pk__in=list(keys[:CLEARED_AT_ONCE])).delete()
