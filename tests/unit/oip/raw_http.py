"""A client of a worker's HTTP server that speaks byte by byte, and what it says."""

import asyncio
import json
from typing import Any

from inference.engine.types import Computed, Job, Tensor, TensorJob
from tests.unit.oip.bench import PROVENANCE, TIMING

CHUNKED = (
    b"POST /v2/models/adder/infer HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer good\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)
GALLERY = "https://gallery.example"
LISTING = b"GET /v2 HTTP/1.1\r\nHost: here\r\n\r\n"


ANSWER_BYTES = 16 << 20
LARGE = Tensor("UINT8", (1, ANSWER_BYTES), bytes(ANSWER_BYTES))
ONES = {"datatype": "FP32", "shape": [1, 4], "data": [1, 1, 1, 1]}
WANTED = json.dumps(
    {
        "inputs": [{"name": name, **ONES} for name in ("a", "b")],
        "outputs": [{"name": "sum", "parameters": {"binary_data": True}}],
    }
).encode()
INFER = (
    b"POST /v2/models/adder/infer HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer good\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(WANTED), WANTED)
)


def large(job: Job) -> Computed:
    """Answers with a large tensor, which no socket takes at once."""
    assert isinstance(job, TensorJob)
    return Computed(job, dict.fromkeys(job.outputs, LARGE), TIMING, PROVENANCE)


class Connection:
    """A client that speaks byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Sends, and waits until it is on its way."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, Any]:
        """Status and document of the next answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split()[0])
        return int(head.split()[1]), json.loads(await self.reader.readexactly(length))

    async def status(self) -> int:
        """Status of the next answer, which is read to its end."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        await self.reader.readexactly(int(head.partition("\ncontent-length:")[2].split()[0]))
        return int(head.split()[1])

    async def closes(self) -> bool:
        """Whether nothing more comes."""
        return not await self.reader.read()


async def connect(port: int) -> Connection:
    """A new connection to a server on this machine."""
    return Connection(*await asyncio.open_connection("127.0.0.1", port))
