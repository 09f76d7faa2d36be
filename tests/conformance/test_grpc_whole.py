"""The public client at the gRPC endpoint of the real processes of `manage.py up`."""

import socket
from pathlib import Path

import numpy as np
import pytest
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from tests.conformance import models
from tests.conformance.asking import SUM, images, results, summands
from tests.darkroom import Darkroom, until
from tests.photos import photo

pytestmark = pytest.mark.slow


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_who_signed_in_by_rest_asks_by_grpc_until_they_sign_out(
    own_darkroom: Darkroom, tmp_path: Path
) -> None:
    models.write(tmp_path / "models")
    port = free_port()
    own_darkroom.start(GRPC_PORT=str(port), MODEL_REPOSITORY=str(tmp_path / "models"))
    ada = own_darkroom.person("ada")
    who = {"authorization": f"Bearer {ada.tokens['access']}"}
    with triton.InferenceServerClient(f"127.0.0.1:{port}") as client:
        until(client.is_server_ready, "the worker's endpoint is open")
        names = {one.name for one in client.get_model_repository_index(headers=who).models}
        assert {"adder", "ocr", "background-removal"} <= names
        answer = client.infer("adder", summands(), "stable", headers=who)
        assert np.array_equal(answer.as_numpy("sum"), SUM)
        (page,) = results(client.infer("ocr", [images(photo("page"))], headers=who))
        assert page["kind"] == "text"
        assert page["text"]
        with pytest.raises(InferenceServerException) as raised:
            client.load_model("adder", headers=who)
        assert raised.value.status() == "StatusCode.PERMISSION_DENIED"

        ada.http.post("/api/token/blacklist/", json={"refresh": ada.tokens["refresh"]})

        def refused() -> bool:
            try:
                client.infer("adder", summands(), headers=who)
            except InferenceServerException as error:
                return bool(error.status() == "StatusCode.UNAUTHENTICATED")
            return False

        until(refused, "the ended sign-in is refused")
    assert own_darkroom.stop() == 0
    assert ada.tokens["access"] not in own_darkroom.log.read_text()
