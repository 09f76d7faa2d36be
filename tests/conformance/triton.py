"""A real Triton, where `make bench-peers` has installed it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from benchmarks.darkroom import free_port
from benchmarks.peers.processes import ENVIRONMENT, SITE_PACKAGES

SERVER: Final = SITE_PACKAGES / "pytriton" / "tritonserver"
START_SECONDS: Final = 90
CONFIG: Final = """
name: "gray"
backend: "python"
max_batch_size: 8
input [{ name: "pixels" data_type: TYPE_FP32 dims: [3, 4, 4] }]
output [{ name: "scores" data_type: TYPE_FP32 dims: [2] }]
instance_group [{ kind: KIND_CPU count: 1 }]
"""
CODE: Final = f"""
import sys
sys.path.append({str(SITE_PACKAGES)!r})
import numpy as np
import triton_python_backend_utils as triton


class TritonPythonModel:
    def execute(self, requests):
        return [self.scored(one) for one in requests]

    def scored(self, request):
        pixels = triton.get_input_tensor_by_name(request, "pixels").as_numpy()
        bright = pixels.mean(axis=(1, 2, 3))
        scores = np.stack([bright, 1 - bright], axis=1).astype(np.float32)
        return triton.InferenceResponse([triton.Tensor("scores", scores)])
"""
"""How bright and how dark pixels (n, 3, 4, 4) are."""


def is_installed() -> bool:
    """Whether there is one."""
    return (ENVIRONMENT / "bin" / "bentoml").exists() and SERVER.exists()


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """One with the model `gray`; gives its addresses by `http` and `grpc`."""
    model = folder / "repository" / "gray"
    (model / "1").mkdir(parents=True)
    (model / "config.pbtxt").write_text(CONFIG)
    (model / "1" / "model.py").write_text(CODE)
    backend = folder / "backends" / "python"
    backend.mkdir(parents=True)
    stub = SERVER / "python_backend_stubs" / "3.11" / "triton_python_backend_stub"
    for file in (*(SERVER / "backends" / "python").glob("*triton_python*"), stub):
        (backend / file.name).symlink_to(file)
    http, grpc = free_port(), free_port()
    command = [
        str(SERVER / "bin" / "tritonserver"),
        f"--model-repository={folder / 'repository'}",
        f"--backend-directory={folder / 'backends'}",
        f"--http-port={http}",
        f"--grpc-port={grpc}",
        "--allow-metrics=false",
        "--log-info=false",
    ]
    with (folder / "log").open("wb") as log:
        # Its Python takes the standard library of the first one in the path, which must be the
        # system's: with that of another its answers are empty.
        server = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, env={"PATH": "/usr/bin:/bin"}
        )
    try:
        _wait(server, f"http://127.0.0.1:{http}/v2/health/ready", folder / "log")
        yield {"http": f"http://127.0.0.1:{http}", "grpc": f"grpc://127.0.0.1:{grpc}"}
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])
