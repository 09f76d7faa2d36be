"""One POST to a receiver that nobody trusts: checked address, bounded time, nothing of it read.

A name is resolved once, and the connection goes to the very addresses that were checked: a name
that means something else a moment later changes nothing (DNS rebinding). No redirect is followed,
and of the answer only its status is read, so that a webhook is no way to look at anything.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from consumers.daemon_threads import DaemonThreads
from uploads.webhooks import destinations, signing
from uploads.webhooks.outbox import Letter, Outcome

TOTAL_SECONDS: Final = 15.0
CONNECT_SECONDS: Final = 5.0
LOOKUPS_AT_ONCE: Final = 128
"""As many as a worker sends at once: whose name server is slow on purpose has the places that are
theirs (`uploads.webhooks.outbox`), and nobody else's look-up waits behind theirs."""

MOST_BYTES: Final = 32 * 1024
"""Of an answer, with what comes of its body before it is hung up on: reading 1xx answers without an
end would keep the event loop from all else, leases included."""

Lookup = Callable[..., list[Any]]
"""As `socket.getaddrinfo`."""


class RefusedAddress(OSError):
    """The name means an address that is not on the internet."""


class CheckedResolver(AbstractResolver):
    """Names to addresses that may be connected to, each checked."""

    def __init__(self, lookup: Lookup, *, private_allowed: bool) -> None:
        self._lookup = lookup
        self._private_allowed = private_allowed
        # Not the loop's own threads, which others wait for: a name server may be slow on purpose.
        self._threads = DaemonThreads(LOOKUPS_AT_ONCE, "webhook-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name, numbers all of them.

        Raises:
            RefusedAddress: one of them is not on the internet.
            OSError: there is no such name.
        """
        call = partial(self._lookup, host, port, family=family, type=socket.SOCK_STREAM)
        found = [(one[0], str(one[4][0])) for one in await self._threads.run(call)]
        if not self._private_allowed and not all(destinations.is_public(ip) for _, ip in found):
            raise RefusedAddress(host)
        return [
            ResolveResult(
                hostname=host,
                host=ip,
                port=port,
                family=kind,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, ip in found
        ]

    async def close(self) -> None:
        """There is nothing to close."""


class _BoundedAnswer(ResponseHandler):
    """An answer of which so much is taken, and no more."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._left = MOST_BYTES

    def data_received(self, data: bytes) -> None:
        """More of it."""
        taken = data[: self._left]
        self._left -= len(taken)
        if taken:
            super().data_received(taken)
        if not self._left:
            # To whom the whole head has come already this says nothing.
            self.set_exception(aiohttp.ClientPayloadError("The answer is too long."))
            if isinstance(self.transport, asyncio.Transport):
                self.transport.abort()


class _Connector(aiohttp.TCPConnector):
    """A connection for each answer, which is bounded."""

    def __init__(self, resolver: AbstractResolver) -> None:
        super().__init__(resolver=resolver, use_dns_cache=False, limit=0, force_close=True)
        bounded: type[ResponseHandler] = _BoundedAnswer
        self._factory = partial(bounded, loop=self._loop)


class WebhookClient:
    """Sends letters; for one event loop."""

    def __init__(self, *, private_allowed: bool, lookup: Lookup = socket.getaddrinfo) -> None:
        self._private_allowed = private_allowed
        self._session = aiohttp.ClientSession(
            connector=_Connector(CheckedResolver(lookup, private_allowed=private_allowed)),
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    async def send(self, letter: Letter) -> Outcome:
        """Sends one letter; whatever goes wrong is its outcome."""
        begun = time.monotonic()
        status, code = await self._status(letter)
        return Outcome(status, code, round((time.monotonic() - begun) * 1000))

    async def close(self) -> None:
        """Ends it."""
        await self._session.close()

    async def _status(self, letter: Letter) -> tuple[int | None, str]:
        if self._is_refused(letter.url):
            return None, "address_refused"
        try:
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Darkroom-Webhooks/1",
                **signing.headers(letter.secret, letter.message_id, letter.body),
            }
            async with self._session.post(
                letter.url, data=letter.body, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status, _code(answer.status)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return None, _trouble(error)

    def _is_refused(self, url: str) -> bool:
        """Also what was allowed when it was set up; a literal address is never looked up."""
        return bool(destinations.problem(url, private_allowed=self._private_allowed))


def _code(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "redirected" if 300 <= status < 400 else f"http_{status}"


def _trouble(error: Exception) -> str:
    """The code of what kept a message from being answered."""
    match error:
        case TimeoutError():
            return "timeout"
        case aiohttp.ClientConnectorDNSError(os_error=RefusedAddress()):
            return "address_refused"
        case aiohttp.ClientConnectorDNSError():
            return "name_not_found"
        case aiohttp.ClientSSLError():
            return "tls_failed"
        case aiohttp.ClientConnectionError() | OSError():
            return "not_reachable"
        case _:
            return "bad_answer"
