"""The Open Inference Protocol at a whole Darkroom: real people, two workers, one of which dies."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from tests.conformance import models
from tests.darkroom import ROOT, Darkroom, Person, until
from tests.photos import tiny

pytestmark = pytest.mark.slow

A = np.arange(8, dtype=np.float32).reshape(2, 4)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Darkroom]:
    """Two workers, and the models of the conformance tests."""
    folder = tmp_path_factory.mktemp("darkroom")
    models.write(folder / "models")
    darkroom = Darkroom(folder)
    darkroom.start(WORKERS="2", MODEL_REPOSITORY=str(folder / "models"))
    yield darkroom
    darkroom.stop()


@pytest.fixture
def client(served: Darkroom) -> Iterator[Any]:
    """Ada's."""
    with triton.InferenceServerClient(served.url.removeprefix("http://")) as client:
        client.register_plugin(Bearer(served.person("ada")))
        yield client


class Bearer(triton.InferenceServerClientPlugin):  # type: ignore[misc]  # it has no types
    """Sends somebody's token with each call, as clients of the protocol do it."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self._token = person.tokens["access"]

    def __call__(self, request: Any) -> None:
        request.headers["Authorization"] = f"Bearer {self._token}"


def added(client: Any) -> Any:
    """What the adder makes of A and A; its newest version doubles."""
    inputs = []
    for name in ("a", "b"):
        tensor = triton.InferInput(name, A.shape, "FP32")
        tensor.set_data_from_numpy(A)
        inputs.append(tensor)
    return client.infer("adder", inputs).as_numpy("sum")


def test_a_person_asks_any_model(client: Any) -> None:
    assert client.is_server_ready()
    np.testing.assert_array_equal(added(client), A * 4)
    image = triton.InferInput("image", [1], "BYTES")
    image.set_data_from_numpy(np.array([tiny()], object))
    result = client.infer("brightness", [image])
    assert json.loads(result.as_numpy("result")[0])["kind"] == "labels"


def test_a_command_is_carried_out_by_every_worker(served: Darkroom, client: Any) -> None:
    with pytest.raises(InferenceServerException) as raised:
        client.unload_model("adder")
    assert raised.value.status() == "403"
    password = (served.folder / "var" / "admin-password").read_text()
    with triton.InferenceServerClient(served.url.removeprefix("http://")) as admin:
        admin.register_plugin(Bearer(Person(served.url, "admin", password)))
        admin.unload_model("adder")
        for _ in range(4):
            with pytest.raises(InferenceServerException) as raised:
                added(client)
            assert raised.value.status() == "503"
        assert not client.is_model_ready("adder")
        admin.load_model("adder")
    for _ in range(4):
        np.testing.assert_array_equal(added(client), A * 4)


def test_what_both_workers_computed_is_counted_together(client: Any) -> None:
    def count() -> int:
        (entry,) = client.get_inference_statistics("adder", "2")["model_stats"]
        inferences: int = entry["inference_count"]
        return inferences

    before = count()
    for _ in range(4):
        added(client)
    assert count() == before + 4 * len(A)


def test_who_signs_out_is_refused(served: Darkroom) -> None:
    bob = served.person("bob")
    assert bob.http.get("/v2/models/adder").status_code == 200
    bob.http.post("/api/token/blacklist/", json={"refresh": bob.tokens["refresh"]})
    until(lambda: bob.http.get("/v2/models/adder").status_code == 401, "bob is refused", 15)


def test_what_people_used_is_counted_with_its_protocol(served: Darkroom, client: Any) -> None:
    added(client)
    until(lambda: "adder rest" in used(served), "the use is written down", 30)


def used(served: Darkroom) -> str:
    """Which models were used by which protocols, from the database."""
    script = (
        "from uploads.models import Usage\nfor u in Usage.objects.all(): print(u.model, u.protocol)"
    )
    return run(served, script)


def test_a_drained_worker_is_not_ready_and_answers_all_the_same(
    served: Darkroom, client: Any
) -> None:
    ask = (
        "from uploads.catalog import drains; from uploads.events import Actor;"
        " from uploads.models import Worker; one = Worker.objects.first();"
    )
    # Log lines come before it.
    told = run(served, f"{ask} drains.ask(one.pk, Actor()); print(one.grpc_address)")
    address = told.splitlines()[-1]
    with triton_grpc.InferenceServerClient(address) as worker:
        until(lambda: not worker.is_server_ready(), "the drained worker is not ready")
        assert worker.is_server_live()
        headers = {"authorization": f"Bearer {served.person('ada').tokens['access']}"}
        assert not worker.is_model_ready("adder", headers=headers)
        assert worker.get_model_config("adder", headers=headers).config.name == "adder"
        # The other one is, so the server as a whole is too.
        assert client.is_server_ready()
        assert client.is_model_ready("adder")
        run(served, f"{ask} drains.withdraw(one.pk, Actor())")
        until(worker.is_server_ready, "it takes requests again")


def run(served: Darkroom, script: str) -> str:
    """What a script prints that runs beside the server, on its database."""
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
        cwd=ROOT,
        env={
            **os.environ,  # noqa: TID251
            "DATA_DIR": str(served.folder / "var"),
            "DATABASE_URL": served.database_url,
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_worker_that_dies_costs_nobody_a_later_answer(served: Darkroom, client: Any) -> None:
    victim, *_ = workers(served)
    os.kill(victim, signal.SIGKILL)
    for _ in range(20):
        np.testing.assert_array_equal(added(client), A * 4)
    until(lambda: len(workers(served)) == 2, "another takes its place")


def workers(served: Darkroom) -> list[int]:
    """The processes of the workers themselves."""
    return [
        pid
        for pid in served.pids("runworker")
        if "leash" not in Path(f"/proc/{pid}/cmdline").read_text()
    ]


def test_nothing_of_the_protocol_is_open_to_strangers(served: Darkroom) -> None:
    assert httpx.get(f"{served.url}/v2/health/ready").status_code == 200
    answer = httpx.get(f"{served.url}/v2/models/adder")
    assert answer.status_code == 401
    assert answer.json().keys() == {"error"}
