"""Streams of the public client's gRPC side."""

import queue
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tritonclient.grpc as triton
from tritonclient.grpc import InferenceServerClient

from tests.conformance.asking import SUM, images, results, steps, summands
from tests.conformance.conftest import Served
from tests.photos import tiny

pytestmark = pytest.mark.slow


@pytest.fixture
def client(served: Served) -> Iterator[InferenceServerClient]:
    with triton.InferenceServerClient(served.grpc_url) as one:
        yield one


class Heard:
    """What a stream has told."""

    def __init__(self) -> None:
        self.answers: queue.Queue[tuple[Any, Any]] = queue.Queue()

    def __call__(self, result: Any, error: Any) -> None:
        self.answers.put((result, error))

    def next(self) -> tuple[Any, Any]:
        return self.answers.get(timeout=60)


def test_a_stream_answers_each_request_once(client: InferenceServerClient, served: Served) -> None:
    heard = Heard()
    client.start_stream(heard, headers=served.headers)
    for number in range(30):
        client.async_stream_infer("adder", summands(), model_version="1", request_id=str(number))
    told = [heard.next() for _ in range(30)]
    client.stop_stream()
    assert [error for _, error in told if error] == []
    assert {result.get_response().id for result, _ in told} == {str(n) for n in range(30)}
    assert all(np.array_equal(result.as_numpy("sum"), SUM) for result, _ in told)
    assert heard.answers.empty()


def test_an_error_leaves_the_stream_open(client: InferenceServerClient, served: Served) -> None:
    heard = Heard()
    client.start_stream(heard, headers=served.headers)
    client.async_stream_infer("adder", summands()[:1])
    _, error = heard.next()
    assert str(error) == "Input 'b' is missing: the model takes a, b."
    client.async_stream_infer("adder", summands(), model_version="1")
    result, error = heard.next()
    client.stop_stream()
    assert error is None
    assert np.array_equal(result.as_numpy("sum"), SUM)


def test_a_stream_tells_progress_where_it_is_asked_to(
    client: InferenceServerClient, served: Served
) -> None:
    heard = Heard()
    client.start_stream(heard, headers=served.headers)
    client.async_stream_infer(
        "exposure", [images(tiny())], request_id="p", parameters={"progress": True}
    )
    stages, fractions = [], []
    while True:
        result, error = heard.next()
        assert error is None
        told = result.get_response(as_json=False)
        assert told.id == "p"
        if told.parameters["triton_final_response"].bool_param:
            break
        stages.append(told.parameters["stage"].string_param)
        fractions.append(told.parameters["fraction"].double_param)
    client.stop_stream()
    # A model that was not running yet is started first.
    assert {"expose"} <= set(stages) <= {"load", "expose"}
    assert fractions == sorted(fractions)
    assert results(result)[0]["labels"] == [{"label": "done", "score": 1.0}]


def test_a_stream_that_waits_for_the_final_response_gets_one(
    client: InferenceServerClient, served: Served
) -> None:
    heard = Heard()
    client.start_stream(heard, headers=served.headers)
    client.async_stream_infer("adder", summands(), enable_empty_final_response=True)
    result, error = heard.next()
    client.stop_stream()
    assert error is None
    assert result.get_response().parameters["triton_final_response"].bool_param
    assert heard.answers.empty()


def test_a_canceled_stream_frees_its_model(client: InferenceServerClient, served: Served) -> None:
    heard = Heard()
    client.start_stream(heard, headers=served.headers)
    long = steps(6000)
    client.async_stream_infer("patient", [long])
    stopping = threading.Thread(target=client.stop_stream, kwargs={"cancel_requests": True})
    stopping.start()
    stopping.join(30)
    assert not stopping.is_alive()
    quick = steps(1)
    client.infer("patient", [quick], headers=served.headers, client_timeout=30)
