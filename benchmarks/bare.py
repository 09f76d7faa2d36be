"""The bare model: the network in this process, with nothing around it."""

import time
from typing import Any

import numpy as np
import onnxruntime

from benchmarks.network import Network, onnx_bytes
from benchmarks.statistics import Figures


def bare(network: Network, seconds: float) -> Figures:
    """Images a second, in whole batches and with as many threads as its model folder says."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = network.threads
    options.inter_op_num_threads = 1
    session: Any = onnxruntime.InferenceSession(onnx_bytes(network), options)
    shape = (network.max_batch_size, 3, network.side, network.side)
    pixels = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    session.run(None, {"pixels": pixels})
    images, began, used = 0, time.monotonic(), time.thread_time()
    while time.monotonic() - began < seconds:
        session.run(None, {"pixels": pixels})
        images += network.max_batch_size
    elapsed, used = time.monotonic() - began, time.thread_time() - used
    return {"per_second": images / elapsed, "cpu_bare_ms": 1000 * used / images}
