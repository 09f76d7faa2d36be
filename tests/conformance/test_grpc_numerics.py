"""What comes back is what the bare network computes, in every datatype and format."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tritonclient.grpc as triton
import tritonclient.grpc.aio as triton_aio
from tritonclient.grpc import InferenceServerClient, InferRequestedOutput

from inference.engine.engine import Engine
from inference.oip.data_plane import DataPlane
from inference.oip.grpc_server import GrpcServer
from inference.oip.messages import ModelInferRequest
from tests import networks
from tests.conformance import models
from tests.conformance.asking import SUM, summands, tensor
from tests.conformance.conftest import Served
from tests.conformance.models import DATATYPES
from tests.conformance.server import LIMITS, TOKENS, EngineControl, Uncounted, authenticate

pytestmark = pytest.mark.slow

VALUES: dict[str, Any] = {
    "BOOL": np.array([True, False, True]),
    "UINT8": np.array([0, 1, 255], np.uint8),
    "UINT16": np.array([0, 1, 65535], np.uint16),
    "UINT32": np.array([0, 1, 2**32 - 1], np.uint32),
    "UINT64": np.array([0, 1, 2**64 - 1], np.uint64),
    "INT8": np.array([-128, 0, 127], np.int8),
    "INT16": np.array([-32768, 0, 32767], np.int16),
    "INT32": np.array([-(2**31), 0, 2**31 - 1], np.int32),
    "INT64": np.array([-(2**63), 0, 2**63 - 1], np.int64),
    "FP16": np.array([-0.5, 65504, np.inf], np.float16),
    "FP32": np.array([-0.1, 3e38, np.nan], np.float32),
    "FP64": np.array([-0.1, 1e308, -np.inf], np.float64),
    "BYTES": np.array([b"", b"\0\xff", "größer".encode()], object),
}


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[InferenceServerClient]:
    with triton.InferenceServerClient(served.grpc_url) as one:
        yield one


def test_every_datatype_comes_back_as_it_went(
    client: InferenceServerClient, served: Served
) -> None:
    inputs = [tensor(f"in_{datatype}", VALUES[datatype], datatype) for datatype in DATATYPES]
    answer = client.infer("echo", inputs, headers=served.headers)
    for datatype in DATATYPES:
        told = answer.as_numpy(f"out_{datatype}")
        assert np.array_equal(told, VALUES[datatype], equal_nan=datatype == "FP32"), datatype


def test_a_tensor_of_many_megabytes_comes_back_as_it_went(
    client: InferenceServerClient, served: Served
) -> None:
    large = np.random.default_rng(1).random(7_500_000)
    values = VALUES | {"FP64": large}
    inputs = [tensor(f"in_{datatype}", values[datatype], datatype) for datatype in DATATYPES]
    wanted = [InferRequestedOutput("out_FP64")]
    answer = client.infer("echo", inputs, outputs=wanted, headers=served.headers)
    assert np.array_equal(answer.as_numpy("out_FP64"), large)


@pytest.mark.parametrize("backend", networks.BACKENDS)
def test_a_network_gives_what_it_gives_without_us(
    client: InferenceServerClient, served: Served, backend: str
) -> None:
    name = f"small-{backend}"
    networks.export(served.repository, backend, name)
    client.load_model(name, headers=served.staff_headers)
    pixels = np.random.default_rng(2).normal(size=(8, 3, networks.SIDE, networks.SIDE))
    pixels = pixels.astype(np.float32)
    for items in (1, 3, 8):
        some = pixels[:items]
        answer = client.infer(name, [tensor("pixels", some)], headers=served.headers)
        told = answer.as_numpy("scores")
        assert np.allclose(told, networks.expected(some), rtol=0, atol=1e-4)
    classes = client.infer(
        name,
        [tensor("pixels", pixels)],
        outputs=[InferRequestedOutput("scores", class_count=1)],
        headers=served.headers,
    ).as_numpy("scores")
    best = networks.expected(pixels).argmax(axis=1)
    named = [text.decode().split(":")[1:] for text in classes[:, 0]]
    assert named == [[str(index), networks.LABELS[index]] for index in best]
    client.unload_model(name, headers=served.staff_headers)


async def test_client_and_server_live_in_one_process(tmp_path: Path) -> None:
    """Both bring messages of the same names, each into a pool of its own."""
    models.write(tmp_path)
    engine = Engine([tmp_path], LIMITS)
    await engine.start()
    server = GrpcServer(DataPlane(engine, EngineControl(engine), Uncounted()), authenticate)
    port = await server.start("127.0.0.1", 0)
    person, _ = TOKENS
    async with triton_aio.InferenceServerClient(f"127.0.0.1:{port}") as client:
        who = {"authorization": f"Bearer {person}"}
        answers = await asyncio.gather(
            *(client.infer("adder", summands(), "stable", headers=who) for _ in range(20))
        )
    await server.stop(5)
    await engine.stop(5)
    assert all(np.array_equal(answer.as_numpy("sum"), SUM) for answer in answers)
    # As different as two of one name can be: neither is the other's.
    assert type(answers[0].get_response()).DESCRIPTOR.file.pool is not (
        ModelInferRequest.DESCRIPTOR.file.pool
    )
