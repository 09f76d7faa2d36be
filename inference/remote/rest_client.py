"""A server of the protocol asked by REST."""

import asyncio
import os
import ssl
from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from inference.engine.messages import NamedTensor
from inference.engine.remote import RemoteModel
from inference.engine.remote_config import RemoteConfig
from inference.oip.limits import LARGE_BYTES, MAX_RESPONSE_BYTES, MESSAGE_OVERHEAD_BYTES
from inference.remote import rest_documents
from inference.remote.credentials import TokenOf, authorization, certificates
from inference.remote.trouble import Absent, Away, Broken, Refused, Trouble, slow, token_refused

CONNECT_SECONDS: Final = 5.0
_KEEP_ALIVE_SECONDS: Final = 4.0
"""Shorter than servers keep idle connections: none is closed as a request goes out on it."""
_RETRY_SECONDS: Final = 0.2
_PIECE_BYTES: Final = 1 << 18
_NOT_NOW: Final = frozenset({408, 429, 502, 503, 504})


def connect(config: RemoteConfig, token_of: TokenOf) -> "RestClient":
    """A client of this server.

    Raises:
        Away: its certificates cannot be read.
    """
    context = None
    if config.is_encrypted:
        context = ssl.create_default_context(cadata=certificates(config))
    return RestClient(config, token_of, context)


class RestClient:
    """Implements `inference.remote.client.Client`. For one event loop."""

    def __init__(
        self, config: RemoteConfig, token_of: TokenOf, context: ssl.SSLContext | None
    ) -> None:
        self._config = config
        self._token_of = token_of
        version = f"/versions/{quote(config.version, safe='')}" if config.version else ""
        self._model = f"/v2/models/{quote(config.model, safe='')}{version}"
        self._takes_binary = False
        """Whether tensors may follow the JSON as bytes."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=context or True, keepalive_timeout=_KEEP_ALIVE_SECONDS
            ),
            # One deadline holds for all of a request; this is for what there is no answer to.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={"Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Hang up."""
        await self._session.close()

    async def is_ready(self, seconds: float) -> bool:
        """Whether the server says that it would answer for the model."""
        try:
            async with asyncio.timeout(seconds):
                _, _, body = await self._exchanged("GET", f"{self._model}/ready")
        except TimeoutError:
            raise slow(seconds) from None
        except (Absent, Refused):
            return False
        return rest_documents.says_ready(body)

    async def describe(self, seconds: float) -> RemoteModel:
        """What it says of the model."""
        try:
            async with asyncio.timeout(seconds):
                extensions = rest_documents.extensions_of(await self._document("/v2"))
                model = rest_documents.model_of(await self._document(self._model))
                most = None
                if "model_configuration" in extensions:
                    config = await self._document(f"{self._model}/config")
                    most = rest_documents.max_batch_size_of(config)
        except TimeoutError:
            raise slow(seconds) from None
        self._takes_binary = "binary_tensor_data" in extensions
        return RemoteModel(*model, most)

    async def infer(
        self, inputs: Sequence[NamedTensor], outputs: Sequence[str], seconds: float
    ) -> list[NamedTensor]:
        """What its model gives for these inputs."""
        is_large = sum(len(tensor["data"]) for tensor in inputs) > LARGE_BYTES
        write = partial(rest_documents.infer_body, inputs, outputs, is_binary=self._takes_binary)
        body, headers = await asyncio.to_thread(write) if is_large else write()
        try:
            async with asyncio.timeout(seconds):
                _, length, answer = await self._exchanged(
                    "POST", f"{self._model}/infer", body, headers, MAX_RESPONSE_BYTES
                )
        except TimeoutError:
            raise slow(seconds) from None
        if len(answer) > LARGE_BYTES:
            return await asyncio.to_thread(rest_documents.outputs_of, answer, length)
        return rest_documents.outputs_of(answer, length)

    async def _document(self, path: str) -> bytes:
        _, _, body = await self._exchanged("GET", path)
        return body

    async def _exchanged(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        most: int = 0,
    ) -> tuple[int, str | None, bytes]:
        """Status, length of the JSON where more follows, and body of a good answer."""
        try:
            return await self._sent(method, path, body, headers or {}, most)
        except aiohttp.ClientConnectorCertificateError as error:
            raise Away(f"its certificate is not trusted: {error.certificate_error}.") from None
        except aiohttp.ConnectionTimeoutError:
            raise Away(f"there is no connection within {CONNECT_SECONDS:g} seconds.") from None
        except aiohttp.ClientConnectorError as error:
            raise Away(f"there is no connection: {_why(error.os_error)}.") from None
        except aiohttp.ClientResponseError:
            raise Refused("it answers what is not HTTP.") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Broken(f"the connection broke: {str(error) or type(error).__name__}.") from None

    async def _sent(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], most: int
    ) -> tuple[int, str | None, bytes]:
        try:
            return await self._sent_once(method, path, body, headers, most)
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ConnectionTimeoutError):
            raise
        except aiohttp.ClientConnectorError:
            # Nothing was sent: the server may just have started anew.
            await asyncio.sleep(_RETRY_SECONDS)
            return await self._sent_once(method, path, body, headers, most)

    async def _sent_once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], most: int
    ) -> tuple[int, str | None, bytes]:
        token = authorization(self._config, self._token_of)
        if token:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        async with self._session.request(
            method, self._config.url + path, data=body, headers=headers, allow_redirects=False
        ) as response:
            content = await _bounded(response, most + MESSAGE_OVERHEAD_BYTES)
            try:
                self._judge(response.status, content)
            except Trouble as trouble:
                raise trouble.without(token) from None
            return response.status, response.headers.get(rest_documents.JSON_LENGTH), content

    def _judge(self, status: int, content: bytes) -> None:
        if status == 200:
            return
        said = rest_documents.error_of(content)
        words = f"{status}: {said}" if said else str(status)
        match status:
            case 401 | 403:
                raise token_refused(self._config, words)
            case 404:
                raise Absent(f"it does not know {self._config.model} ({words}).")
            case _ if 300 <= status < 400:
                raise Away(
                    f"it redirects ({status}), which is not followed: name the place itself."
                )
            case _ if status in _NOT_NOW:
                raise Away(f"it takes no requests now ({words}).")
            case _:
                raise Refused(f"it answers {words}.")


def _why(error: OSError) -> str:
    """In the words of the system: asyncio has others, with the address."""
    number = error.errno or 0
    return (os.strerror(number) if number > 0 else error.strerror or str(error)).lower()


async def _bounded(response: aiohttp.ClientResponse, most: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused("it compresses its answer, which it was not asked to.")
    pieces: list[Any] = []
    size = 0
    async for piece in response.content.iter_chunked(_PIECE_BYTES):
        size += len(piece)
        if size > most:
            raise Refused(f"its answer has more than {most} bytes.")
        pieces.append(piece)
    return b"".join(pieces)
