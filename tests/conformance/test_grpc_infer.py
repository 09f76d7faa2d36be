"""Tensors, computed for the public client's gRPC side."""

import queue
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tritonclient.grpc as triton
from tritonclient.grpc import InferenceServerClient, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from tests.conformance.asking import SUM, steps, summands, tensor
from tests.conformance.conftest import Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[InferenceServerClient]:
    with triton.InferenceServerClient(served.grpc_url) as one:
        yield one


def test_tensors_are_computed(client: InferenceServerClient, served: Served) -> None:
    answer = client.infer(
        "adder", summands(), model_version="1", request_id="seven", headers=served.headers
    )
    told = answer.get_response()
    assert (told.model_name, told.model_version, told.id) == ("adder", "1", "seven")
    assert np.array_equal(answer.as_numpy("sum"), SUM)
    assert np.array_equal(answer.as_numpy("difference"), SUM - 2)


@pytest.mark.parametrize(("version", "factor"), [("", 2), ("2", 2), ("1", 1), ("stable", 1)])
def test_the_version_that_is_asked_for_answers(
    client: InferenceServerClient, served: Served, version: str, factor: int
) -> None:
    answer = client.infer("adder", summands(), model_version=version, headers=served.headers)
    assert np.array_equal(answer.as_numpy("sum"), SUM * factor)


def test_only_the_wanted_outputs_come_in_the_wanted_order(
    client: InferenceServerClient, served: Served
) -> None:
    def ask(*names: str) -> list[str]:
        outputs = [InferRequestedOutput(name) for name in names]
        answer = client.infer("adder", summands(), outputs=outputs, headers=served.headers)
        return [one.name for one in answer.get_response().outputs]

    assert ask("difference") == ["difference"]
    assert ask("difference", "sum") == ["difference", "sum"]


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_compressed_requests_are_read(
    client: InferenceServerClient, served: Served, algorithm: str
) -> None:
    answer = client.infer(
        "adder",
        summands(),
        model_version="1",
        compression_algorithm=algorithm,
        headers=served.headers,
    )
    assert np.array_equal(answer.as_numpy("sum"), SUM)


def test_parameters_that_mean_nothing_here_change_nothing(
    client: InferenceServerClient, served: Served
) -> None:
    answer = client.infer(
        "adder",
        summands(),
        model_version="1",
        sequence_id=5,
        sequence_start=True,
        sequence_end=True,
        priority=3,
        timeout=60_000_000,
        client_timeout=60,
        parameters={"color": "blue", "size": 3, "flat": True},
        headers=served.headers,
    )
    assert np.array_equal(answer.as_numpy("sum"), SUM)


def test_classes_come_with_their_labels(client: InferenceServerClient, served: Served) -> None:
    green = np.zeros((2, 8, 8, 3), np.uint8)
    green[0, ..., 1] = 255
    green[1, ..., 0] = 102
    answer = client.infer(
        "birds",
        [tensor("pixels", green, "UINT8")],
        outputs=[InferRequestedOutput("scores", class_count=2)],
        headers=served.headers,
    )
    told = answer.as_numpy("scores")
    assert told.shape == (2, 2)
    assert sorted(told[0]) == [b"1.000000:1:daw", b"1.000000:3:magpie"]
    assert told[1].tolist() == [b"0.600000:3:magpie", b"0.400000:0:crow"]


def test_an_answer_may_come_by_callback(client: InferenceServerClient, served: Served) -> None:
    answers: queue.Queue[Any] = queue.Queue()
    for number in range(20):
        client.async_infer(
            "adder",
            summands(),
            lambda result, error: answers.put(error or result.get_response().id),
            request_id=str(number),
            headers=served.headers,
        )
    assert {answers.get(timeout=60) for _ in range(20)} == {str(number) for number in range(20)}


def test_a_call_by_callback_can_be_called_off(
    client: InferenceServerClient, served: Served
) -> None:
    answers: queue.Queue[Any] = queue.Queue()
    long = steps(6000)
    call = client.async_infer(
        "patient", [long], lambda result, error: answers.put(error), headers=served.headers
    )
    call.cancel()
    error = answers.get(timeout=60)
    assert isinstance(error, InferenceServerException)
    assert error.status() == "StatusCode.CANCELLED"
    # The one instance is free again long before the minute is over.
    quick = steps(1)
    client.infer("patient", [quick], headers=served.headers, client_timeout=30)


def test_a_call_that_takes_too_long_is_called_off(
    client: InferenceServerClient, served: Served
) -> None:
    long = steps(6000)
    with pytest.raises(InferenceServerException, match="Deadline Exceeded"):
        client.infer("patient", [long], client_timeout=0.5, headers=served.headers)
    quick = steps(1)
    client.infer("patient", [quick], headers=served.headers, client_timeout=30)


def test_what_comes_on_top_of_a_full_queue_is_refused(
    client: InferenceServerClient, served: Served
) -> None:
    answers: queue.Queue[Any] = queue.Queue()
    long = steps(100)
    for _ in range(5):
        client.async_infer(
            "patient", [long], lambda result, error: answers.put(error), headers=served.headers
        )
    errors = [answers.get(timeout=60) for _ in range(5)]
    refused = [error for error in errors if error is not None]
    assert 1 <= len(refused) <= 3
    assert {error.status() for error in refused} == {"StatusCode.RESOURCE_EXHAUSTED"}


def test_a_request_waits_no_longer_than_its_timeout(
    client: InferenceServerClient, served: Served
) -> None:
    answers: queue.Queue[Any] = queue.Queue()
    slow = steps(200)
    client.async_infer(
        "patient", [slow], lambda result, error: answers.put(error), headers=served.headers
    )
    with pytest.raises(InferenceServerException) as raised:
        client.infer("patient", [slow], timeout=100_000, headers=served.headers)
    assert raised.value.status() == "StatusCode.DEADLINE_EXCEEDED"
    assert answers.get(timeout=60) is None
