"""A server process around a toy application: `serve` with `{"headers": 0.5, …}`.

Prints the port it listens on; the options are deadlines, `uploads` (the body limit in bytes) and
`trusted_proxies`.
"""

import asyncio
import hashlib
import json
import logging
import os
import resource
import sys
import tempfile
from http import HTTPStatus
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from consumers.cross_origin import CrossOrigin
from project.server.admission import Admission
from project.server.clients import Clients
from project.server.crowd import Crowd
from project.server.errors import Refusal, refusal
from project.server.head import Head
from project.server.limits import BodyLimits, Deadlines
from project.server.server import Server
from project.server.spool import Spool
from project.up.sockets import listen

PIECE = b"x" * 65_536


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await websocket(scope, receive, send)
    else:
        await PATHS.get(scope["path"], size)(scope, receive, send)


async def judge(head: Head) -> Refusal | None:
    """Refuses what comes for `/closed`, after a while."""
    if not head.path.startswith(b"/closed"):
        return None
    await asyncio.sleep(0.1)
    return refusal(HTTPStatus.UNAUTHORIZED, "closed", f"{head.client} is not let in.", head.path)


async def size(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await answer(send, {"received": await body_size(receive)})


async def take(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads its body as a file, and tells what it was told of it."""
    with scope["extensions"]["darkroom.body"]() as body:
        digest = hashlib.file_digest(body, "sha256").hexdigest()
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    await answer(send, {"sha256": digest, "headers": headers, "path": scope["path"]})


async def hold(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Waits for its client to go away."""
    with scope["extensions"]["darkroom.body"]():
        say("held")
        await receive()
    say("left")


async def crash(scope: dict[str, Any], receive: Any, send: Any) -> None:
    raise RuntimeError("the toy breaks")


async def crash_late(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise RuntimeError("the toy breaks late")


async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
    say("slow")
    await asyncio.sleep(1)
    await answer(send, {"done": True})


async def for_ever(scope: dict[str, Any], receive: Any, send: Any) -> None:
    say("for-ever")
    await asyncio.Event().wait()


async def flood(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(1024):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})


async def pieces(scope: dict[str, Any], receive: Any, send: Any) -> None:
    headers = [(b"Content-Length", str(3 * len(PIECE)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for more in (True, True, False):
        await send({"type": "http.response.body", "body": PIECE, "more_body": more})


async def show_scope(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await answer(send, {"client": scope["client"], "scheme": scope["scheme"]})


async def memory(scope: dict[str, Any], receive: Any, send: Any) -> None:
    unit = 1 if sys.platform == "darwin" else 1024
    await answer(send, {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit})


PATHS = {
    "/crash": crash,
    "/api/crash": crash,
    "/crash-late": crash_late,
    "/slow": slow,
    "/take": take,
    "/hold": hold,
    "/for-ever": for_ever,
    "/flood": flood,
    "/pieces": pieces,
    "/scope": show_scope,
    "/memory": memory,
}


async def body_size(receive: Any) -> int:
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    return size


async def answer(send: Any, content: object) -> None:
    headers = [(b"Content-Type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def websocket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    if scope["path"] == "/denied":
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
        return
    if scope["path"] == "/refused":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": json.dumps({"scheme": scope["scheme"]})})
    if scope["path"] == "/broken":
        await send({"type": "websocket.close", "code": 1011})
    while (await receive())["type"] != "websocket.disconnect":
        pass
    say("left")


class Line(logging.Formatter):
    """The fields of an access line as JSON."""

    FIELDS = ("method", "path", "status", "client", "bytes")

    def format(self, record: logging.LogRecord) -> str:
        return "access " + json.dumps({name: getattr(record, name) for name in self.FIELDS})


def serve(options: dict[str, Any], output: "Connection[bytes, bytes]") -> None:
    """Serves until a signal ends it, with `output` as its standard output."""
    os.dup2(output.fileno(), sys.stdout.fileno())
    output.close()
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Line())
    logging.getLogger("darkroom.access").addHandler(handler)
    logging.getLogger("darkroom.access").setLevel(logging.INFO)
    limits = BodyLimits(uploads=options.pop("uploads", 1_000_000), other=10_000)
    trusted = options.pop("trusted_proxies", 0)
    folder = Path(options.pop("spool", tempfile.gettempdir()))
    spool = Spool(folder, options.pop("incoming_bytes", 1_000_000_000))
    bodies = Clients(options.pop("bodies", 100))
    crowd = Crowd(in_all=options.pop("in_all", 1000), of_an_address=options.pop("connections", 100))
    if "largest_file" in options:
        largest = options.pop("largest_file")
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    listener = listen("127.0.0.1", 0)
    say(str(listener.getsockname()[1]))
    origins = options.pop("origins", [])
    deadlines = Deadlines(**options)
    Server(
        application,
        listener,
        admission=Admission(judge, spool, limits, bodies),
        crowd=crowd,
        cross_origin=CrossOrigin(origins),
        deadlines=deadlines,
        trusted_proxies=trusted,
    ).run()
