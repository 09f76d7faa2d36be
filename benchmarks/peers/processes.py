"""The peers as processes: started in their own environment, waited for, ended."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from benchmarks.darkroom import FOLDER, free_port
from benchmarks.network import LABELS, SMALL, Network, onnx_bytes
from benchmarks.usage import Processes
from tests.darkroom import until

ENVIRONMENT: Final = FOLDER.parent / "bench-peers"
"""Where `make bench-peers` installs."""
SITE_PACKAGES: Final = ENVIRONMENT / "lib" / "python3.11" / "site-packages"
SCRIPTS: Final = Path(__file__).resolve().parent
START_SECONDS: Final = 90
END_SECONDS: Final = 20

TRITON_CONFIG: Final = """
name: "{name}"
backend: "python"
max_batch_size: {batch}
input [{{ name: "pixels" data_type: TYPE_FP32 dims: [3, {side}, {side}] }}]
output [{{ name: "scores" data_type: TYPE_FP32 dims: [{labels}] }}]
instance_group [{{ kind: KIND_CPU count: 1 }}]
dynamic_batching {{ }}
"""


@dataclass(frozen=True)
class Peer:
    """A server that runs: where it is, and what it uses."""

    name: str
    port: int
    processes: Processes
    grpc_port: int = 0
    host: str = "127.0.0.1"


def installed() -> bool:
    """Whether `make bench-peers` has installed them."""
    return (ENVIRONMENT / "bin" / "bentoml").exists()


@contextmanager
def litserve(workers: int) -> Iterator[Peer]:
    """LitServe, each worker with a network of its own, one photo at a time: its fastest here."""
    with _folder() as folder:
        port = free_port()
        arguments = [_network(folder, SMALL), SMALL.side, port, 1, workers]
        command = [
            ENVIRONMENT / "bin" / "python",
            "-m",
            "benchmarks.peers.serve_litserve",
            *arguments,
        ]
        name = f"litserve {workers}"
        with _running(name, command, folder, f"http://127.0.0.1:{port}/health") as processes:
            yield Peer(name, port, processes)


@contextmanager
def bentoml(workers: int) -> Iterator[Peer]:
    """A BentoML service."""
    with _folder() as folder:
        port = free_port()
        environment = {
            "BENCH_MODEL": str(_network(folder, SMALL)),
            "BENCH_SIDE": str(SMALL.side),
            "BENCH_WORKERS": str(workers),
            "BENTOML_HOME": str(folder / "home"),
            "BENTOML_DO_NOT_TRACK": "True",
        }
        bind = ["--host", "127.0.0.1", "--port", port]
        command = [
            ENVIRONMENT / "bin" / "bentoml",
            "serve",
            "benchmarks.peers.serve_bentoml:Photos",
            *bind,
        ]
        ready = f"http://127.0.0.1:{port}/readyz"
        with _running("bentoml", command, folder, ready, environment) as processes:
            yield Peer("bentoml", port, processes)


@contextmanager
def triton(network: Network = SMALL) -> Iterator[Peer]:
    """Triton with the network under its Python backend, batching what is there."""
    with _folder() as folder:
        _triton_model(folder / "models" / network.name, network)
        server = SITE_PACKAGES / "pytriton" / "tritonserver"
        backend = folder / "backends" / "python"
        backend.mkdir(parents=True)
        stub = server / "python_backend_stubs" / "3.11" / "triton_python_backend_stub"
        for file in (*(server / "backends" / "python").glob("*triton_python*"), stub):
            (backend / file.name).symlink_to(file)
        port, grpc_port = free_port(), free_port()
        command = [
            server / "bin" / "tritonserver",
            f"--model-repository={folder / 'models'}",
            f"--backend-directory={folder / 'backends'}",
            f"--http-port={port}",
            f"--grpc-port={grpc_port}",
            "--allow-metrics=false",
            "--log-info=false",
        ]
        environment = {"BENCH_SITE_PACKAGES": str(SITE_PACKAGES)}
        ready = f"http://127.0.0.1:{port}/v2/health/ready"
        with _running("triton", command, folder, ready, environment) as processes:
            yield Peer("triton", port, processes, grpc_port)


def _triton_model(folder: Path, network: Network) -> None:
    (folder / "1").mkdir(parents=True)
    shutil.copy(SCRIPTS / "triton_model.py", folder / "1" / "model.py")
    (folder / "1" / "model.onnx").write_bytes(onnx_bytes(network))
    (folder / "config.pbtxt").write_text(
        TRITON_CONFIG.format(
            name=network.name,
            batch=network.max_batch_size,
            side=network.side,
            labels=len(LABELS),
        )
    )


def _network(folder: Path, network: Network) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(onnx_bytes(network))
    return path


@contextmanager
def _folder() -> Iterator[Path]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="peer-", dir=FOLDER) as folder:
        yield Path(folder)


@contextmanager
def _running(
    name: str,
    command: Sequence[object],
    folder: Path,
    ready: str,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Processes]:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # the command is ours
            [str(part) for part in command],
            cwd=SCRIPTS.parents[1],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(environment or {})},  # noqa: TID251
        )
    try:
        until(lambda: _answers(process, ready, log), f"{name} is ready", START_SECONDS)
        yield Processes(process.pid, default_role=name.split(maxsplit=1)[0])
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(process: "subprocess.Popen[bytes]", address: str, log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"It ended: {log.read_text()[-2000:]}")
    try:
        return httpx.get(address, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
