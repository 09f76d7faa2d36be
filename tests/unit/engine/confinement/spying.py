"""A model that tries what a request tells it, and what it may reach by that."""

import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.types import Succeeded
from tests.unit.engine.conftest import LIMITS, Bench, write_model

SECRET = "it-must-not-be-read"
TRIES = """
import asyncio, ctypes, signal, socket, subprocess, platform, tempfile, urllib.request
from inference.engine import seccomp
calls = seccomp.ARCHITECTURES[platform.machine()].calls
libc = ctypes.CDLL(None, use_errno=True)
def call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def reads(path):
    try:
        return bool(open(path, "rb").read())
    except OSError:
        return False
ask = "import socket; socket.socket()"
names = {**globals(), **locals(), **request.params, "parent": os.getppid()}
try:
    said = repr(eval(request.params["tries"], names))
except Exception as error:
    said = type(error).__name__
return LabelsOutput([(said[:4000], 1.0)])
"""
CONFIG = '[params]\ntype = "object"'


class Listener:
    """Servers that are none of a model's business: by TCP, and by Unix sockets."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "s"
        self.abstract = f"\0darkroom-{os.getpid()}-{folder.name}"
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._tcp.getsockname()[1])
        self._unix = [socket.socket(socket.AF_UNIX) for _ in "12"]
        for one, address in zip(self._unix, (str(self.path), self.abstract), strict=True):
            one.bind(address)
            one.listen()

    def close(self) -> None:
        for one in (self._tcp, *self._unix):
            one.close()


@dataclass
class Places:
    """Folders as on a server: two of them are for models."""

    data: Path
    media: Path
    models: Path
    engine: Any
    listener: Listener

    async def __call__(self, tries: str, **names: str) -> str:
        """What the model says of this expression: its value, or which error it met."""
        params = {
            "tries": tries,
            "data": str(self.data),
            "media": str(self.media),
            "secret": str(self.data / "secret_key"),
            "models": str(self.models),
            "port": str(self.listener.port),
            "unix": str(self.listener.path),
            "abstract": self.listener.abstract,
            **names,
        }
        source, results = self.media / "1.png", self.media / "results"
        job = self.engine.job("spy", source=source, results=results, params=params)
        outcome = await self.engine.predict(job)
        assert isinstance(outcome, Succeeded), outcome
        return str(outcome.output["labels"][0]["label"])


Spy = Callable[..., Awaitable[str]]


@asynccontextmanager
async def spying(folder: Path, config: str = CONFIG) -> AsyncIterator[Places]:
    """A worker with secrets in its environment and its data folder, and a model that tries."""
    data, media, models = folder / "data", folder / "media", folder / "models"
    for one in (data, media, models):
        one.mkdir()
    (data / "secret_key").write_text(SECRET)
    write_model(models, "spy", TRIES, config=config)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, SECRET)
        engine = Engine([models], LIMITS, reach=Reach(writes=[media], hidden=[data]))
        await engine.start()
        listener = Listener(folder)
        try:
            bench = Bench(engine, folder)
            Image.new("RGB", (8, 6)).save(media / "1.png")
            yield Places(data, media, models, bench, listener)
        finally:
            listener.close()
            await engine.stop(0)
