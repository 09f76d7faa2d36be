"""The websocket: every event of its user in order, once, and progress in between."""

import asyncio
import json
import logging
import math
import time
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from consumers.database import ANY_ERROR, in_database
from consumers.metrics import sockets
from consumers.socket import messages
from consumers.socket.beside import Beside
from consumers.socket.cancel import actor_of, cancel
from consumers.socket.connected import connected
from consumers.socket.feed import Feed
from uploads import replay, representation
from uploads.errors import UploadsError
from uploads.models import Scope
from uploads.sign_in import authority, claims, tokens
from uploads.sign_in.denials import ScopeMissing, TooManyFailures
from uploads.sign_in.identity import Identity

logger = logging.getLogger("darkroom.sockets")

SUBPROTOCOL: Final = "darkroom.v1"
HELLO_SECONDS: Final = 5.0
EXPIRY_NOTICE_SECONDS: Final = 60.0
RECHECK_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 1.0

_encoded: Final = json.JSONEncoder(separators=(",", ":")).encode

NOT_AUTHENTICATED: Final = 4401
SIGNED_OUT: Final = 4403
NOT_READING: Final = 4408
TOO_MANY_SOCKETS: Final = 4429


class ProgressConsumer(sockets.CountedSocket):
    """One tab of one user."""

    def __init__(self) -> None:
        super().__init__()
        self.identity: Identity | None = None
        self.is_ready = False
        self.feed = Feed(self._send)
        self.beside = Beside(partial(self.close, sockets.ERROR))
        self._is_in_doubt = False
        """Whether its sign-in may have ended: the database has not been asked since."""
        self._is_checking = False

    async def connect(self) -> None:
        """Accepts; who it is comes in the first message, so that no token is in a URL."""
        offered = self.scope.get("subprotocols", [])
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        self.beside.start(self._await_hello())

    async def disconnect(self, code: int) -> None:
        """The client has gone, or has answered to a close."""
        if self.identity is not None:
            user_id = self.identity.user.pk
            logger.info("socket closed", extra={"user": user_id, "close_code": code})

    async def release(self) -> None:
        """Lets go of everything; what cannot fail comes first."""
        self.beside.stop()
        await self._leave()

    async def _leave(self) -> None:
        """Gives back the user's place, if this socket has one."""
        identity, self.identity = self.identity, None
        if identity is None:
            return
        await connected.remove(identity.user.pk, self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One message of the client."""
        try:
            message = messages.parse(text_data)
            await self._obey(message)
        except messages.NotUnderstood as error:
            await self._error(error.code, error.message)
        except UploadsError as error:
            await self._error(error.code, error.message)
        except ANY_ERROR:
            await self._error("database_unavailable", "The database does not answer: try again.")

    # What all sockets of the process are told.

    def recheck(self) -> None:
        """Sign-ins of this user may have ended."""
        self._is_in_doubt = True
        if not self._is_checking:
            self._is_checking = True
            self.beside.start(self._check_authority())

    def told_up_to(self, seq: int) -> None:
        """The user's stream has reached `seq`."""
        self.feed.told_up_to(seq)

    async def tell(self, message: dict[str, Any]) -> None:
        """Passes something ephemeral on; dropped while the client is behind."""
        if self.is_ready and self.feed.has_room:
            await self._send(message)
            sockets.sent.inc()
        else:
            sockets.dropped.inc()

    # What clients ask for.

    async def _obey(self, message: messages.Message) -> None:
        match message:
            case messages.Hello() if self.identity is None:
                await self._sign_in(message)
            case messages.Hello():
                await self._error("unexpected_hello", "This socket is signed in already.")
            case _ if self.identity is None:
                await self._error("not_authenticated", "Say hello first.")
            case messages.Auth():
                await self._renew(message, self.identity)
            case messages.Ack():
                self.feed.note_acked(message.seq)
            case messages.Cancel():
                if not self.identity.may(Scope.WRITE):
                    raise ScopeMissing(Scope.WRITE)
                actor = actor_of(self.scope, self.identity)
                await in_database(cancel, message.prediction, actor)

    async def _sign_in(self, hello: messages.Hello) -> None:
        identity = await self._identify(hello.token)
        if identity is None:
            return
        user = identity.user
        self.identity = identity
        # Listening first, the database second: what happens in between is in both.
        limit = settings.MAX_SOCKETS_PER_USER
        if not await connected.add(user.pk, self, limit, hears_of_models=hello.models):
            self.identity = None
            await self.close(TOO_MANY_SOCKETS)
            return
        try:
            where = await in_database(_position, identity)
        except ANY_ERROR:
            # The client is told, and may say hello again.
            await self._leave()
            raise
        if where is None:
            await self.close(SIGNED_OUT)
            return
        await self.feed.begin(where, hello.epoch, hello.after)
        await self._send(
            {
                "type": "ready",
                "epoch": where.epoch,
                "seq": where.seq,
                "user": {"id": user.pk, "username": user.username},
                "expires_at": representation.maybe_timestamp(identity.expires_at),
            }
        )
        self.is_ready = True
        logger.info("socket ready", extra={"user": user.pk, "after": hello.after})
        self.feed.look()
        self.beside.start(self.feed.pump(user.pk))
        self.beside.start(self._watch())

    async def _renew(self, auth: messages.Auth, current: Identity) -> None:
        identity = await self._identify(auth.token)
        if identity is None:
            return
        if identity.user.pk != current.user.pk:
            await self.close(NOT_AUTHENTICATED)
            return
        self.identity = identity
        # What ended since it was looked up was asked of the one before.
        self.recheck()

    async def _identify(self, token: str) -> Identity | None:
        try:
            identity = await in_database(authority.identify, token, actor_of(self.scope))
            if identity.may(Scope.READ):
                return identity
            await self._error(ScopeMissing.code, ScopeMissing(Scope.READ).message)
            await self.close(SIGNED_OUT)
        except TooManyFailures as error:
            await self._error(error.code, error.message)
            await self.close(NOT_AUTHENTICATED)
        except claims.InvalidToken:
            await self.close(NOT_AUTHENTICATED)
        except tokens.EndedSession:
            await self.close(SIGNED_OUT)
        return None

    # What runs beside.

    async def _await_hello(self) -> None:
        await asyncio.sleep(HELLO_SECONDS)
        if self.identity is None:
            await self.close(NOT_AUTHENTICATED)

    async def _watch(self) -> None:
        """Once a second: has the token's time come, is the client reading, may it stay?"""
        noticed: Any = None
        checked = time.monotonic()
        while self.identity is not None:
            await asyncio.sleep(1)
            now = time.monotonic()
            ends = self.identity.expires_at
            left = math.inf if ends is None else (ends - timezone.now()).total_seconds()
            if left <= 0:
                await self.close(NOT_AUTHENTICATED)
            elif left <= EXPIRY_NOTICE_SECONDS and noticed != ends and self.identity.key is None:
                # A key cannot be renewed: nobody can do anything about its end.
                noticed = ends
                await self._send(
                    {"type": "auth.expiring", "expires_at": representation.timestamp(noticed)}
                )
            if self.feed.is_out_of_timeouts(now):
                await self.close(NOT_READING)
            if now - checked >= RECHECK_SECONDS:
                checked = now
                self.recheck()

    async def _check_authority(self) -> None:
        """Asks until the database has answered: nobody tells of a sign-out twice."""
        while self._is_in_doubt and self.identity is not None:
            # Before it is asked: for a sign-in that ends meanwhile it is asked again.
            self._is_in_doubt = False
            try:
                live = await in_database(authority.is_live, self.identity)
            except ANY_ERROR:
                self._is_in_doubt = True
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if not live:
                await self.close(SIGNED_OUT)
        self._is_checking = False

    # Small things.

    async def _send(self, message: Any) -> None:
        await self.send(text_data=_encoded(message))

    async def _error(self, code: str, message: str) -> None:
        await self._send({"type": "error", "code": code, "message": message})


def _position(identity: Identity) -> replay.Position | None:
    """Where the user's stream is; None: the sign-in has ended since it was looked up.

    Who signed out in between told those sockets alone that were connected.
    """
    return replay.position(identity.user.pk) if authority.is_live(identity) else None
