"""One sign-in: tokens kept in memory, renewed when they end, ended on the server at exit."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from client.errors import ClientError, RefusedError, SignInError
from client.transport import FIRST_TIMEOUT_S, TIMEOUT_S, Transport

_RENEW_AFTER_S = 600.0
_SIGN_OUT_WITHIN_S = 3.0


@dataclass(frozen=True)
class Credentials:
    """Who signs in."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class ApiKey:
    """What a program comes with in place of a name and a password."""

    text: str = field(repr=False)


class Session:
    """Requests in the name of one user."""

    def __init__(self, transport: Transport, credentials: Credentials) -> None:
        self.transport = transport
        self.username = credentials.username
        self.access = ""
        self._credentials = credentials
        self._refresh = ""
        self._renewed_at = 0.0
        self._renewal = asyncio.Lock()

    async def start(self, *, register: bool = False) -> None:
        """Sign in; with `register`, make the account first where it isn't there yet.

        Raises SignInError, or RefusedError where the account can't be made.
        """
        try:
            await self._sign_in(FIRST_TIMEOUT_S)
        except SignInError:
            if not register:
                raise
            await self.transport.send("POST", "/api/users/", json=self._account())
            await self._sign_in(TIMEOUT_S)

    async def request(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Transport.send with this user's token; a token that has ended is renewed once."""
        if time.monotonic() - self._renewed_at > _RENEW_AFTER_S:
            await self.renew(self.access)
        access = self.access
        try:
            return await self.transport.send(method, path, token=access, **content)
        except RefusedError as error:
            if error.status != 401:
                raise
        await self.renew(access)
        return await self.transport.send(method, path, token=self.access, **content)

    async def renew(self, stale: str) -> None:
        """Replace the access token `stale`, unless that has happened meanwhile.

        Refresh tokens work once: where the answer to a refresh was lost, sign in again.
        """
        async with self._renewal:
            if self.access != stale:
                return
            try:
                answer = await self.transport.send(
                    "POST", "/api/token/refresh/", json={"refresh": self._refresh}
                )
            except RefusedError:
                await self._sign_in(TIMEOUT_S)
            else:
                self._keep(answer)

    async def end(self) -> None:
        """Sign out. A server that doesn't answer lets the tokens run out by themselves."""
        if not self._refresh:
            return
        try:
            async with asyncio.timeout(_SIGN_OUT_WITHIN_S):
                await self.transport.send(
                    "POST", "/api/token/blacklist/", json={"refresh": self._refresh}
                )
        except (ClientError, TimeoutError):
            pass
        self.access = self._refresh = ""

    async def _sign_in(self, timeout_s: float) -> None:
        try:
            answer = await self.transport.send(
                "POST", "/api/token/", json=self._account(), timeout_s=timeout_s
            )
        except RefusedError as error:
            raise SignInError(error.code, f"Signing in failed: {error}") from None
        self._keep(answer)

    def _keep(self, answer: httpx.Response) -> None:
        tokens = self.checked(answer, "access", "refresh")
        self.access, self._refresh = tokens["access"], tokens["refresh"]
        self._renewed_at = time.monotonic()

    def checked(self, answer: httpx.Response, *names: str) -> dict[str, str]:
        """The texts of these names in an answer. Raises ClientError where it has them not."""
        try:
            body = answer.json()
            return {name: str(body[name]) for name in names}
        except (ValueError, KeyError, TypeError):
            where = self.transport.base_url
            raise ClientError("not_darkroom", f"What answers at {where} is no Darkroom.") from None

    def _account(self) -> dict[str, str]:
        return {"username": self._credentials.username, "password": self._credentials.password}
