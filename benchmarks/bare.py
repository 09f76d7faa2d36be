"""The bare model: the network in this process, with nothing around it."""

import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.network import SMALL, Network, onnx_bytes
from benchmarks.peers.model import Model
from benchmarks.photo import photo
from benchmarks.statistics import Figures


def bare(network: Network, seconds: float) -> Figures:
    """The network alone, in whole batches and with as many threads as its model folder says."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = network.threads
    options.inter_op_num_threads = 1
    session: Any = onnxruntime.InferenceSession(onnx_bytes(network), options)
    shape = (network.max_batch_size, 3, network.side, network.side)
    pixels = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    return _timed(lambda: session.run(None, {"pixels": pixels}), network.max_batch_size, seconds)


def bare_photo(seconds: float) -> Figures:
    """A photo decoded and named, one after the other: what any server does at least."""
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(onnx_bytes(SMALL))
        file.flush()
        model = Model(file.name, SMALL.side, threads=1)
    return _timed(lambda: model.scores(model.decoded(photo())[None]), 1, seconds)


def _timed(call: Callable[[], object], images: int, seconds: float) -> Figures:
    call()
    done, began, used = 0, time.monotonic(), time.thread_time()
    while time.monotonic() - began < seconds:
        call()
        done += images
    elapsed, used = time.monotonic() - began, time.thread_time() - used
    return {"per_second": done / elapsed, "cpu_bare_ms": 1000 * used / done}
