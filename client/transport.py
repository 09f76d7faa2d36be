"""HTTP that outlasts a flaky network: one request, retried until it is answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import httpx

from client.backoff import Backoff
from client.errors import ClientError, RefusedError, UnreachableError

TIMEOUT_S = 120.0
"""How long trouble may last before a request is given up."""
FIRST_TIMEOUT_S = 5.0
"""The same for the first contact: a wrong address should be reported soon."""

_TROUBLE = frozenset({502, 503, 504})
_TIMEOUT = httpx.Timeout(30.0, connect=10.0, read=120.0)


class Transport:
    """Requests to one server. Every call made through it must be safe to repeat."""

    def __init__(
        self, base_url: str, *, note: Callable[[str], None], backoff: Backoff | None = None
    ) -> None:
        self.base_url = checked_url(base_url)
        self.backoff = backoff or Backoff()
        self._note = note
        self._http = httpx.AsyncClient(base_url=self.base_url, timeout=_TIMEOUT)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        timeout_s: float = TIMEOUT_S,
        **content: Any,
    ) -> httpx.Response:
        """The successful answer to a request; `content` is what httpx takes (json, files, …).

        Connection errors, 502, 503 and 504 are tried again with back-off while the timeout
        lasts; 429 as long as the server asks to wait, but for a full quota of bytes. Raises
        RefusedError for every other error answer and UnreachableError at the end of the timeout.
        """
        headers = dict(content.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        give_up_at = time.monotonic() + timeout_s
        failures = 0
        while isinstance(answer := await self._try(method, path, headers, content), _Trouble):
            failures += 1
            delay_s = max(self.backoff.delay_s(failures), answer.asked_s)
            if answer.is_limit:
                self._note(f"{answer.sentence} Waiting for {delay_s:.0f} s.")
            elif time.monotonic() + delay_s > give_up_at:
                raise UnreachableError("server_unreachable", answer.sentence)
            elif failures == 3:
                self._note(f"{answer.sentence} Trying again.")
            await asyncio.sleep(delay_s)
        return answer

    async def download(self, path: str, file: IO[bytes], *, token: str) -> None:
        """Write what a GET answers into a file as it comes. It is not tried again.

        Raises RefusedError for an error answer and UnreachableError where it breaks off.
        """
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self._http.stream("GET", path, headers=headers) as answer:
                if not answer.is_success:
                    await answer.aread()
                    raise refusal(answer)
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)
        except httpx.TransportError as error:
            reason = f"The download broke off ({type(error).__name__}): try again."
            raise UnreachableError("download_broken", reason) from None

    async def _try(
        self, method: str, path: str, headers: dict[str, str], content: dict[str, Any]
    ) -> "httpx.Response | _Trouble":
        try:
            answer = await self._http.request(method, path, headers=headers, **content)
        except httpx.LocalProtocolError as error:
            raise ClientError(
                "request_broken", f"The request could not be sent: {error}."
            ) from None
        except httpx.TransportError as error:
            reason = type(error).__name__
            return _Trouble(f"The server at {self.base_url} does not answer ({reason}).")
        if answer.is_success:
            return answer
        refused = refusal(answer)
        if answer.status_code in _TROUBLE:
            reason = f"The server at {self.base_url} is not ready ({answer.status_code}): {refused}"
            return _Trouble(reason, _asked_s(answer))
        if answer.status_code == 429 and not refused.is_out_of_bytes:
            return _Trouble(str(refused), _asked_s(answer), is_limit=True)
        raise refused


@dataclass(frozen=True)
class _Trouble:
    """Why a request is worth another try; `asked_s` is how long the server asks to wait."""

    sentence: str
    asked_s: float = 0.0
    is_limit: bool = False


def _asked_s(answer: httpx.Response) -> float:
    asked = answer.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0


def refusal(answer: httpx.Response) -> RefusedError:
    """The error that an answer carries, also when something other than the server wrote it."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or "code" not in body:
        reason = f"The server answered {answer.status_code} {answer.reason_phrase}."
        return RefusedError(answer.status_code, f"http_{answer.status_code}", reason)
    return RefusedError(
        answer.status_code, str(body["code"]), str(body.get("message", "")), body.get("errors")
    )


def checked_url(text: str) -> str:
    """The server's address without a trailing slash. Raises ClientError for anything but HTTP."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    is_port = url.port is None or 0 < url.port < 65_536
    if url.scheme not in {"http", "https"} or not url.host or not is_port:
        raise ClientError(
            "invalid_url", f"{text!r} is not an address such as http://127.0.0.1:8000."
        )
    return str(url).rstrip("/")
