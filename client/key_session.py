"""Requests by an API key: there is nothing to begin, to renew or to end."""

import math

from client.errors import RefusedError, SignInError
from client.session import ApiKey, Credentials, Session
from client.transport import FIRST_TIMEOUT_S, Transport


class KeySession(Session):
    """As Session, in the name of the user whose key it is, which `start` asks for."""

    def __init__(self, transport: Transport, key: ApiKey) -> None:
        super().__init__(transport, Credentials("", ""))
        self.access = key.text
        self._renewed_at = math.inf

    async def start(self, *, register: bool = False) -> None:
        """Ask whose key it is. Raises SignInError where it is refused."""
        try:
            answer = await self.transport.send(
                "GET", "/api/users/me/", token=self.access, timeout_s=FIRST_TIMEOUT_S
            )
        except RefusedError as error:
            raise SignInError(error.code, str(error)) from None
        self.username = self.checked(answer, "username")["username"]

    async def renew(self, stale: str) -> None:
        """Raises SignInError: a key that is refused stays refused."""
        raise SignInError("key_refused", "The server refuses this API key.")
