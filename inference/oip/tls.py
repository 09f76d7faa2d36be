"""TLS by files, for a worker's ports and for whoever calls them; replaced files are taken up."""

import logging
import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

logger = logging.getLogger("darkroom.tls")

HANDSHAKE_SECONDS: Final = 10.0
"""How long one may take."""
_OLDEST: Final = ssl.TLSVersion.TLSv1_2

T = TypeVar("T")


@dataclass(frozen=True)
class ServerTls:
    """What a server shows, and whom it lets in; all files are PEM."""

    certificate: Path
    """With those between it and its authority."""
    key: Path
    client_ca: Path | None = None
    """Clients must show a certificate of these authorities. None: they need none."""

    @property
    def files(self) -> tuple[Path, ...]:
        """All that may be replaced."""
        return tuple(file for file in (self.certificate, self.key, self.client_ca) if file)


@dataclass(frozen=True)
class ClientTls:
    """What a client believes, and what it shows; all files are PEM."""

    ca: Path | None
    """The authorities of servers. None: those of this system."""
    certificate: Path | None = None
    key: Path | None = None
    name: str = ""
    """The name that the certificates of servers have. Empty: the host that is called."""

    @property
    def files(self) -> tuple[Path, ...]:
        """All that may be replaced."""
        return tuple(file for file in (self.ca, self.certificate, self.key) if file)


def context_of(tls: ServerTls) -> ssl.SSLContext:
    """What a server has handshakes with.

    Raises:
        OSError, ValueError: a file cannot be read, is none, or the key is another certificate's.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = _OLDEST
    # A key with a password would be asked for at the terminal.
    context.load_cert_chain(tls.certificate, tls.key, password="")
    if tls.client_ca:
        context.load_verify_locations(tls.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def flaw(tls: ServerTls | ClientTls) -> str:
    """Why these files cannot be used, in a few words; empty: they can."""
    try:
        if isinstance(tls, ServerTls):
            context_of(tls)
        else:
            _check(tls)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        name = getattr(error, "filename", None)
        return f"{name}: {reason}" if name else str(reason)
    return ""


def _check(tls: ClientTls) -> None:
    context = ssl.create_default_context(cafile=tls.ca)
    if tls.certificate:
        context.load_cert_chain(tls.certificate, tls.key, password="")


class Renewed(Generic[T]):
    """Something made of files, and made anew when one of them has been replaced.

    Where that cannot be done, as while only the first of two has been replaced, the old one stays.
    """

    def __init__(self, files: Sequence[Path], make: Callable[[], T]) -> None:
        """Raises what `make` raises."""
        self._files = files
        self._make = make
        self._stamp = stamp_of(files)
        self.current = make()

    def renew(self) -> bool:
        """Look at the files; whether `current` is another now."""
        stamp = stamp_of(self._files)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self.current = self._make()
        except (OSError, ValueError) as error:
            logger.warning("certificate not taken up", extra={"reason": str(error)})
            return False
        logger.info("certificate taken up", extra={"file": str(self._files[0])})
        return True


def stamp_of(files: Sequence[Path]) -> tuple[Any, ...]:
    """What differs once a file has been replaced."""
    return tuple(_stamp(file) for file in files)


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(file)  # noqa: PTH116  # at each handshake
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def server_context(tls: ServerTls, protocol: str) -> ssl.SSLContext:
    """For a server of this protocol, by its name in handshakes (ALPN): each handshake has the files
    as they are then.

    Raises:
        OSError, ValueError: they cannot be used.
    """

    def make() -> ssl.SSLContext:
        context = context_of(tls)
        context.set_alpn_protocols([protocol])
        return context

    renewed = Renewed(tls.files, make)
    first = renewed.current

    def choose(connection: ssl.SSLObject, _name: str | None, _first: ssl.SSLContext) -> None:
        renewed.renew()
        connection.context = renewed.current

    first.sni_callback = choose
    return first
