"""Images, shown to models by the public client's gRPC side."""

from collections.abc import Iterator

import numpy as np
import pytest
import tritonclient.grpc as triton
from tritonclient.grpc import InferenceServerClient

from tests.conformance.asking import images, results, scores, tensor
from tests.conformance.conftest import Served
from tests.conformance.models import LABELS
from tests.photos import tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[InferenceServerClient]:
    with triton.InferenceServerClient(served.grpc_url) as one:
        yield one


def test_encoded_images_are_answered_in_their_order(
    client: InferenceServerClient, served: Served
) -> None:
    shades = [0, 51, 102, 153, 204, 255]
    answer = client.infer(
        "brightness", [images(*map(tiny, shades))], request_id="r", headers=served.headers
    )
    assert scores(answer) == pytest.approx([shade / 255 for shade in shades], abs=1e-6)


def test_images_have_params_of_their_own(client: InferenceServerClient, served: Served) -> None:
    params = tensor("params", np.array([b"{}", b'{"gain": 0.5}'], object), "BYTES")
    answer = client.infer(
        "brightness", [images(tiny(204), tiny(204)), params], headers=served.headers
    )
    assert scores(answer) == pytest.approx([0.8, 0.4])


def test_a_model_that_makes_images_gives_them_encoded(
    client: InferenceServerClient, served: Served
) -> None:
    answer = client.infer("negative", [images(tiny(10), tiny(20))], headers=served.headers)
    told = answer.as_numpy("image")
    assert [result["kind"] for result in results(answer)] == ["image", "image"]
    assert [file[:4] for file in told] == [b"\x89PNG", b"\x89PNG"]
    again = client.infer("negative", [images(*told)], headers=served.headers)
    bright = client.infer("brightness", [images(*again.as_numpy("image"))], headers=served.headers)
    assert scores(bright) == pytest.approx([10 / 255, 20 / 255], abs=1e-5)


def test_a_network_with_preprocessing_takes_images_too(
    client: InferenceServerClient, served: Served
) -> None:
    answer = client.infer("birds", [images(tiny(51))], headers=served.headers)
    (result,) = results(answer)
    assert result["labels"][0]["label"] == LABELS[3]
    assert result["labels"][0]["score"] == pytest.approx(0.8)
