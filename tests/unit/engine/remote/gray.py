"""The model `gray`, whose folder holds nothing but where another server computes it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from inference.engine.errors import LoadFailed
from inference.engine.types import FailureKind

FOLDER = """
backend = "remote"
output_kind = "labels"
max_batch_size = 4
{more}
[remote]
url = "{url}"
timeout_seconds = {seconds}
{remote}
[preprocessing]
width = 4
height = 4
[interpretation]
kind = "labels"
"""
TENSORS = """
[[inputs]]
name = "pixels"
datatype = "{datatype}"
shape = [3, 4, 4]
[[outputs]]
name = "scores"
datatype = "FP32"
shape = {shape}
"""
TOKEN = "a-secret-of-the-operator"
NOBODYS_FAULT = ("model_unavailable", FailureKind.INFRASTRUCTURE)
Asked = Callable[..., Awaitable[Any]]


async def refused(engine: Any) -> str:
    """Why the model does not load, without the server's address."""
    with pytest.raises(LoadFailed) as failed:
        await engine.engine.load("gray")
    return failed.value.reason.removeprefix("version 1: ").partition(": ")[2]


def fails(status: int, **how: Any) -> Any:
    async def behave(_request: web.Request) -> web.Response:
        return web.json_response({"error": f"no, {TOKEN}"}, status=status, **how)

    return behave
