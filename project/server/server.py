"""The server process: listens on a socket it was given, and stops in order."""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import daphne.server
from daphne.http_protocol import HTTPFactory
from daphne.server import reactor, twisted_loop
from daphne.ws_protocol import WebSocketFactory
from twisted.logger import STDLibLogObserver, globalLogBeginner

from consumers.cross_origin import CrossOrigin
from project.server.admission import Admission
from project.server.channel import Channel
from project.server.crowd import Crowd
from project.server.limits import Deadlines
from project.server.request import TAKE_BODY, Request
from project.server.websocket import Socket

Application = Callable[..., Awaitable[None]]

MAX_MESSAGE_BYTES = 1024 * 1024


class Factory(HTTPFactory):  # type: ignore[misc]  # Daphne has no types
    """Makes connections that read our requests."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802  # Twisted's name
        """Twisted's callback: somebody has connected."""
        channel = super().buildProtocol(addr)
        channel.requestFactory = Request
        return channel

    def log(self, request: Any) -> None:
        """Twisted's callback: a line of its own for each request, which nobody would read."""


class Server(daphne.server.Server):  # type: ignore[misc]  # Daphne has no types
    """Daphne on one listening socket, with limits, deadlines and an orderly stop.

    SIGTERM and SIGINT stop it: no new connections, websockets closed with 1012, running requests
    get `deadlines.drain` seconds.
    """

    def __init__(
        self,
        application: Application,
        listener: socket.socket,
        *,
        admission: Admission,
        crowd: Crowd,
        cross_origin: CrossOrigin,
        deadlines: Deadlines | None = None,
        trusted_proxies: int = 0,
        count_refused: Callable[[int], None] = lambda status: None,
    ) -> None:
        """Serves `application` (ASGI 3) on `listener`, believing `trusted_proxies` proxies.

        `admission` lets bodies in. An application finds a function under the extension
        `TAKE_BODY` of its scope that hands it the body as a file.
        `cross_origin` tells browsers which pages may read what the server refuses by itself.
        `crowd` gives places to connections. `count_refused` is told the status of each request
        that the application does not get.
        """
        super().__init__(
            application,
            endpoints=[f"fd:fileno={listener.fileno()}"],
            signal_handlers=False,
            websocket_connect_timeout=10,
            proxy_forwarded_address_header="X-Forwarded-For" if trusted_proxies else None,
            proxy_forwarded_proto_header="X-Forwarded-Proto" if trusted_proxies else None,
            server_name="darkroom",
        )
        self.trusted_proxies = trusted_proxies
        self._listener = listener
        self._admission = admission
        self._crowd = crowd
        self.cross_origin = cross_origin
        self._count_refused = count_refused
        self._deadlines = deadlines or Deadlines()
        self._channels: set[Channel] = set()
        self._port: Any = None
        self._stopping: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Serves until a signal stops it."""
        logging.getLogger("twisted").setLevel(logging.WARNING)
        globalLogBeginner.beginLoggingTo(
            [STDLibLogObserver("twisted")],  # type: ignore[list-item]  # it implements the interface
            redirectStandardIO=False,
            discardBuffer=True,
        )
        asyncio.set_event_loop(twisted_loop)
        self.connections: dict[Any, dict[str, Any]] = {}
        self.http_factory = self._make_http_factory()
        self.ws_factory = self._make_ws_factory()
        self._listener.setblocking(False)  # noqa: FBT003  # takes no name
        self._port = reactor.adoptStreamPort(
            self._listener.fileno(), self._listener.family, self.http_factory
        )
        self._listener.close()
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, self.shut_down)
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.run(installSignalHandlers=False)

    def _make_http_factory(self) -> HTTPFactory:
        factory = Factory(self)
        factory.timeOut = self._deadlines.idle
        factory.protocol = partial(
            Channel,
            admission=self._admission,
            deadlines=self._deadlines,
            crowd=self._crowd,
            cross_origin=self.cross_origin,
            trusted_proxies=self.trusted_proxies,
            connections=self._channels,
            count_refused=self._count_refused,
        )
        return factory

    def _make_ws_factory(self) -> WebSocketFactory:
        factory = WebSocketFactory(self, server=self.server_name)
        factory.protocol = Socket
        factory.setProtocolOptions(
            autoPingTimeout=self.ping_timeout,
            allowNullOrigin=True,
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=MAX_MESSAGE_BYTES,
            maxFramePayloadSize=MAX_MESSAGE_BYTES,
        )
        return factory

    # Applications

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Starts the application for a request or websocket; the queue that Daphne feeds it by."""
        scope.setdefault("asgi", {"version": "3.0"})
        inbox: Any
        if isinstance(protocol, Request):
            inbox = protocol.open_inbox()
            scope["extensions"] = {TAKE_BODY: inbox.take_body}
        else:
            inbox = asyncio.Queue()
            is_secure = getattr(protocol, "client_scheme", None) == "https"
            scope["scheme"] = "wss" if is_secure else "ws"
            scope["extensions"] = {"websocket.http.response": {}}
        instance = self.application(scope, inbox.get, partial(self.handle_reply, protocol))
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(instance)
        return inbox

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Sends what the application said, no faster than the client reads."""
        await super().handle_reply(protocol, message)
        if isinstance(protocol, Request) and message.get("more_body"):
            await protocol.drained()

    # Stopping

    def shut_down(self) -> None:
        """Stops listening, lets what runs end, then ends the process; once is enough."""
        if self._stopping is None:
            self._stopping = twisted_loop.create_task(self._drain())

    async def _drain(self) -> None:
        self._port.stopListening()
        for protocol in list(self.connections):
            if isinstance(protocol, Socket):
                protocol.restart()
        deadline = twisted_loop.time() + self._deadlines.drain
        # Connections and applications end in many places, none of which tells.
        while self._is_busy() and twisted_loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await self._cancel_applications()
        self.stop()

    def _is_busy(self) -> bool:
        # Each time anew: connections that were on their way may still have come in.
        for channel in list(self._channels):
            channel.stop()
        return bool(self._channels) or bool(self._running_applications())

    async def _cancel_applications(self) -> None:
        running = self._running_applications()
        for instance in running:
            instance.cancel()
        if running:
            await asyncio.wait(running, timeout=1)

    def _running_applications(self) -> list[asyncio.Future[Any]]:
        instances = (details.get("application_instance") for details in self.connections.values())
        return [instance for instance in instances if instance and not instance.done()]
