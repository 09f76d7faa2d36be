"""A server of the Open Inference Protocol over a real socket that does as it is told, by REST."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from aiohttp import web

JSON_LENGTH = "Inference-Header-Content-Length"
METADATA = {
    "name": "gray",
    "versions": ["1"],
    "platform": "fake",
    "inputs": [{"name": "pixels", "datatype": "FP32", "shape": [-1, 3, 4, 4]}],
    "outputs": [{"name": "scores", "datatype": "FP32", "shape": [-1, 2]}],
}

Behave = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OipServer:
    """Knows the model `gray`: of FP32 pixels [n, 3, 4, 4] it scores how bright and how dark."""

    def __init__(self) -> None:
        self.metadata: Any = METADATA
        self.extensions = ["binary_tensor_data", "model_configuration"]
        self.max_batch_size = 8
        self.token = ""
        """What it wants to see; empty: nothing."""
        self.is_ready = True
        self.infer: Behave | None = None
        """In place of computing."""
        self.batches: list[int] = []
        """The size of each batch that it was asked for."""
        self.asked: list[str] = []
        self.asked_to_infer = asyncio.Event()
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, **how: Any) -> "OipServer":
        """Listens, on the port that it had before."""
        app = web.Application(client_max_size=1 << 28)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, **how)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Is gone, and what runs with it."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked.append(path)
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "Who are you?"}, status=401)
        match path.removeprefix("/v2").removeprefix("/models/gray"):
            case "/infer":
                return await self._infer(request)
            case "/ready":
                return web.Response(status=200 if self.is_ready else 400)
            case "/config":
                told: Any = {"name": "gray", "max_batch_size": self.max_batch_size}
            case "" if path == "/v2":
                told = {"name": "fake", "extensions": self.extensions}
            case "":
                told = self.metadata
            case _:
                return web.json_response({"error": "Request for unknown model"}, status=400)
        return web.json_response(told)

    async def _infer(self, request: web.Request) -> web.StreamResponse:
        self.asked_to_infer.set()
        body = await request.read()
        if self.infer:
            return await self.infer(request)
        return self._computed(body, request.headers.get(JSON_LENGTH))

    def _computed(self, body: bytes, length: str | None) -> web.Response:
        head = json.loads(body[: int(length)] if length else body)
        (one,) = head["inputs"]
        data = one.get("data")
        values = np.array(data, "<f4") if data else np.frombuffer(body[int(length or 0) :], "<f4")
        pixels = values.reshape(one["shape"])
        self.batches.append(len(pixels))
        bright = pixels.mean(axis=(1, 2, 3))
        scores = np.stack([bright, 1 - bright], axis=1).astype("<f4")
        return answer(scores, is_binary=bool(length))


def answer(scores: Any, *, is_binary: bool = True, **changes: Any) -> web.Response:
    """These scores as the answer to a request for them, with changes to what is said of them."""
    told: dict[str, Any] = {"name": "scores", "datatype": "FP32", "shape": list(scores.shape)}
    if not is_binary:
        told["data"] = scores.reshape(-1).tolist()
        return web.json_response({"model_name": "gray", "outputs": [told | changes]})
    told["parameters"] = {"binary_data_size": scores.nbytes}
    head = json.dumps({"model_name": "gray", "outputs": [told | changes]}).encode()
    return web.Response(body=head + scores.tobytes(), headers={JSON_LENGTH: str(len(head))})
