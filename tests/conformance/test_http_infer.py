"""Inference by an unchanged tritonclient.http."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from tests.conformance.asking_http import ECHO, A, B, echo_inputs, inputs, refused
from tests.conformance.conftest import Served
from tests.photos import tiny

pytestmark = pytest.mark.slow


@pytest.fixture
def client(http_url: str) -> Iterator[Any]:
    with triton.InferenceServerClient(http_url, concurrency=4) as client:
        yield client


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_json_and_binary_give_the_same(
    client: Any, served: Served, *, binary_in: bool, binary_out: bool
) -> None:
    outputs = [triton.InferRequestedOutput("sum", binary_data=binary_out)]
    result = client.infer(
        "adder",
        inputs(binary=binary_in),
        model_version="1",
        outputs=outputs,
        request_id="seven",
        headers=served.headers,
    )
    np.testing.assert_array_equal(result.as_numpy("sum"), A + B)
    assert result.as_numpy("difference") is None
    response = result.get_response()
    assert (response["id"], response["model_version"]) == ("seven", "1")
    assert ("data" in response["outputs"][0]) is not binary_out


def test_without_a_version_the_highest_answers(client: Any, served: Served) -> None:
    result = client.infer("adder", inputs(), headers=served.headers)
    np.testing.assert_array_equal(result.as_numpy("sum"), (A + B) * 2)
    np.testing.assert_array_equal(result.as_numpy("difference"), (A - B) * 2)


def test_a_label_is_a_version(client: Any, served: Served) -> None:
    result = client.infer("adder", inputs(), model_version="stable", headers=served.headers)
    assert result.get_response()["model_version"] == "1"


@pytest.mark.parametrize("coding", [None, "gzip", "deflate"])
@pytest.mark.parametrize("binary", [True, False])
def test_bodies_are_compressed_both_ways(
    client: Any, served: Served, coding: str | None, *, binary: bool
) -> None:
    large = np.arange(100_000, dtype=np.float32)
    tensor = triton.InferInput("in_FP32", [100_000], "FP32")
    tensor.set_data_from_numpy(large, binary_data=binary)
    others = [given for given in echo_inputs() if given.name() != "in_FP32"]
    result = client.infer(
        "echo",
        [tensor, *others],
        outputs=[triton.InferRequestedOutput("out_FP32", binary_data=binary)],
        headers=served.headers,
        request_compression_algorithm=coding,
        response_compression_algorithm=coding,
    )
    np.testing.assert_array_equal(result.as_numpy("out_FP32"), large)


@pytest.mark.parametrize("binary", [True, False])
def test_every_datatype_goes_there_and_back(client: Any, served: Served, *, binary: bool) -> None:
    outputs = [
        triton.InferRequestedOutput(f"out_{datatype}", binary_data=binary or datatype == "FP16")
        for datatype in ECHO
    ]
    given = echo_inputs(binary=binary)
    result = client.infer("echo", given, outputs=outputs, headers=served.headers)
    for datatype, array in ECHO.items():
        back = result.as_numpy(f"out_{datatype}")
        if datatype == "BYTES" and not binary:
            back = np.array([text.encode() for text in back], object)
        np.testing.assert_array_equal(back, array)


def test_halves_and_bytes_that_json_cannot_say_are_refused_as_json(
    client: Any, served: Served
) -> None:
    for datatype, array in (("FP16", ECHO["FP16"]), ("BYTES", np.array([b"\xff", b""], object))):
        given = [one for one in echo_inputs() if one.name() != f"in_{datatype}"]
        tensor = triton.InferInput(f"in_{datatype}", array.shape, datatype)
        tensor.set_data_from_numpy(array)
        outputs = [triton.InferRequestedOutput(f"out_{datatype}", binary_data=False)]
        inputs = [*given, tensor]
        call = partial(client.infer, "echo", inputs, outputs=outputs, headers=served.headers)
        assert "binary" in refused(call, "400")


def test_classes_instead_of_values(client: Any, served: Served) -> None:
    pixels = np.zeros((1, 8, 8, 3), np.uint8)
    pixels[..., 1] = 200
    tensor = triton.InferInput("pixels", pixels.shape, "UINT8")
    tensor.set_data_from_numpy(pixels)
    for binary in (True, False):
        outputs = [triton.InferRequestedOutput("scores", binary_data=binary, class_count=2)]
        result = client.infer("birds", [tensor], outputs=outputs, headers=served.headers)
        first = result.as_numpy("scores")[0][0]
        assert (first if isinstance(first, str) else first.decode()).endswith(":3:magpie")


def test_an_image_is_a_string_of_bytes(client: Any, served: Served) -> None:
    image = triton.InferInput("image", [2], "BYTES")
    image.set_data_from_numpy(np.array([tiny(0), tiny(255)], object))
    params = triton.InferInput("params", [2], "BYTES")
    params.set_data_from_numpy(np.array([b"{}", b'{"gain": 0}'], object), binary_data=False)
    result = client.infer("brightness", [image, params], headers=served.headers)
    first, second = map(json.loads, result.as_numpy("result"))
    assert first["kind"] == "labels"
    assert second["labels"][0] == {"label": "dark", "score": 1.0}


def test_requests_made_at_once_are_all_answered(client: Any, served: Served) -> None:
    calls = []
    for number in range(20):
        given = inputs(a=A + number)
        calls.append(client.async_infer("adder", given, model_version="1", headers=served.headers))
    for number, call in enumerate(calls):
        np.testing.assert_array_equal(call.get_result().as_numpy("sum"), A + number + B)


def test_a_body_made_and_read_by_the_clients_own_means(client: Any, served: Served) -> None:
    body, head = triton.InferenceServerClient.generate_request_body(inputs())
    headers = {**served.headers, "Inference-Header-Content-Length": str(head)}
    answer = client._post("v2/models/adder/infer", body, headers, None)
    length = int(answer.get("inference-header-content-length"))
    read = triton.InferenceServerClient.parse_response_body(answer.read(), header_length=length)
    np.testing.assert_array_equal(read.as_numpy("sum"), (A + B) * 2)


def test_a_queue_that_is_full_is_too_many_requests(client: Any, served: Served) -> None:
    steps = triton.InferInput("steps", [1, 1], "INT32")
    steps.set_data_from_numpy(np.array([[20]], np.int32))
    with triton.InferenceServerClient(client._parsed_url.netloc, concurrency=12) as many:
        calls = [many.async_infer("patient", [steps], headers=served.headers) for _ in range(12)]
        statuses = []
        for call in calls:
            try:
                call.get_result()
            except InferenceServerException as error:
                statuses.append(error.status())
    assert statuses
    assert set(statuses) == {"429"}


def test_a_tensor_of_nearly_64_mebibytes_goes_there_and_back(client: Any, served: Served) -> None:
    large = np.arange(60 * 2**20, dtype=np.uint32).astype(np.uint8)
    tensor = triton.InferInput("in_UINT8", large.shape, "UINT8")
    tensor.set_data_from_numpy(large)
    others = [given for given in echo_inputs() if given.name() != "in_UINT8"]
    outputs = [triton.InferRequestedOutput("out_UINT8")]
    result = client.infer("echo", [tensor, *others], outputs=outputs, headers=served.headers)
    np.testing.assert_array_equal(result.as_numpy("out_UINT8"), large)
