"""Calls that send photos: to Darkroom until the results are on the socket, and to its peers."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, Final

from benchmarks.darkroom import Served
from benchmarks.http_connection import HttpConnection
from benchmarks.load import Call, Failed
from benchmarks.network import SMALL
from benchmarks.photo import distinct_photos, photo
from benchmarks.results_socket import ResultsSocket
from tests.darkroom import Person

BOUNDARY: Final = b"benchmark-7MA4YWxkTrZu0gW"
POST_IMAGES: Final = 20


def multipart(photos: list[bytes], model: str) -> bytes:
    """A form with these photos, and the model where one is named."""
    head = b'--%s\r\nContent-Disposition: form-data; name="' % BOUNDARY
    parts = [head + b'model"\r\n\r\n%s\r\n' % model.encode()] if model else []
    for number, content in enumerate(photos):
        parts.append(
            head + b'images"; filename="photo-%d.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' % number
        )
        parts.append(content)
        parts.append(b"\r\n")
    return b"".join([*parts, b"--%s--\r\n" % BOUNDARY])


CONTENT_TYPE: Final = b"Content-Type: multipart/form-data; boundary=%s\r\n" % BOUNDARY


class Uploads:
    """Calls that upload photos to a Darkroom and wait for their results on the socket."""

    def __init__(self, darkroom: Served, results: ResultsSocket, model: str = SMALL.name) -> None:
        self._darkroom = darkroom
        self._results = results
        self._model = model
        self._next_photo: Callable[[], bytes] = distinct_photos()

    def images_ended(self) -> int:
        """How many results have arrived so far."""
        return self._results.endings

    def call(self, images: int) -> Call:
        """A call that uploads so many photos in one POST, over a connection of its own."""
        wire = HttpConnection(self._darkroom.host, self._darkroom.port)

        async def upload() -> None:
            body = multipart([self._next_photo() for _ in range(images)], self._model)
            headers = CONTENT_TYPE + self._darkroom.account.header()
            answer = await wire.request("POST", "/api/uploads/", headers, body)
            if answer.status != 202:
                raise Failed(answer.body[:200])
            told: dict[str, Any] = json.loads(answer.body)
            predictions = [image["prediction"]["id"] for image in told["images"]]
            await asyncio.wait_for(self._results.succeeded(predictions), 60)

        return upload


async def uploads(darkroom: Served, stack: AsyncExitStack, model: str = SMALL.name) -> Uploads:
    """Uploads whose socket is open until the stack ends."""
    socket = ResultsSocket(darkroom.url, darkroom.account)
    return Uploads(darkroom, await stack.enter_async_context(socket), model)


async def upload_one(darkroom: Served, person: Person) -> None:
    """Uploads one photo for this person and does not wait for its result."""
    wire = HttpConnection(darkroom.host, darkroom.port)
    token = f"Authorization: Bearer {person.tokens['access']}\r\n".encode()
    body = multipart([photo()], SMALL.name)
    answer = await wire.request("POST", "/api/uploads/", CONTENT_TYPE + token, body)
    wire.close()
    if answer.status != 202:
        raise Failed(answer.body[:200])


def peer_call(host: str, port: int) -> Call:
    """A call that sends a peer one photo and has its label for an answer."""
    wire = HttpConnection(host, port)
    next_photo = distinct_photos()

    async def call() -> None:
        body = multipart([next_photo()], "")
        answer = await wire.request("POST", "/predict", CONTENT_TYPE, body)
        if answer.status != 200 or b"class-" not in answer.body:
            raise Failed(answer.body[:200])

    return call
