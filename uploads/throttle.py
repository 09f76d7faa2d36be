"""Failed sign-ins, counted for each name and each address: guessing is slow, nobody is locked out.

Counts live in the database, which all web processes share, for a minute each. An attempt is
counted when it begins and forgotten when it succeeds, so that many at once are not let through.
"""

import ipaddress
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

from uploads.credentials import username_key
from uploads.errors import TooManyFailures
from uploads.models import FailedSignIns, Session

WINDOW: Final = timedelta(minutes=1)
CLEARED_AT_ONCE: Final = 1000


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
    """
    begun = Attempt()
    with transaction.atomic():
        for key, limit in _limits(username, address):
            _count(key, limit)
            begun.keys.append(key)
    try:
        yield begun
    finally:
        if begun.has_failed:
            _clear()
        else:
            for key in begun.keys:
                _forget(key)


def _limits(username: str, address: str | None) -> list[tuple[str, int]]:
    """What is counted, and how many failures a minute it may have; always in one order."""
    key = username_key(username)
    whose = f"name {key}"
    if _is_known(key, address):
        # A stranger who guesses must not keep people from their accounts where they use them.
        whose = f"{whose} at {address}"
    limits = (
        (f"address {_network(address)}", settings.THROTTLE_SIGN_IN_ADDRESS),
        (whose, settings.THROTTLE_SIGN_IN_NAME),
    )
    return [(_digest(one), limit) for one, limit in limits if limit]


def _is_known(key: str, address: str | None) -> bool:
    """Whether the account of this name has signed in from this address before."""
    if address is None:
        return False
    return Session.objects.filter(user__username_key=key, address=address).exists()


def _network(address: str | None) -> str:
    """An address, or the network that one customer of a provider has: IPv6 comes by the /64."""
    if address is None:
        return "unknown"
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))


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
        raise TooManyFailures(row.since + WINDOW - now)
    row.count += 1
    row.save()


def _forget(key: str) -> None:
    """One less; a row that counts nothing is not kept."""
    rows = FailedSignIns.objects.filter(pk=key)
    if not rows.filter(count__lte=1).delete()[0]:
        rows.update(count=F("count") - 1)


def _clear() -> None:
    """Removes counts that are over, except those that somebody takes up anew right now."""
    over = FailedSignIns.objects.filter(since__lt=timezone.now() - WINDOW)
    with transaction.atomic():
        keys = over.select_for_update(skip_locked=True).values_list("pk", flat=True)
        over.filter(pk__in=list(keys[:CLEARED_AT_ONCE])).delete()
