"""The network under Triton's Python backend: tensors in, tensors out."""

import os
import sys
from pathlib import Path
from typing import Any

# The backend's interpreter knows nothing of the environment that Triton was installed into.
sys.path.append(os.environ["BENCH_SITE_PACKAGES"])  # noqa: TID251

import numpy as np
import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    """Computes what requests Triton has put together as one batch."""

    def initialize(self, args: dict[str, str]) -> None:
        """Loads the network."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        folder = Path(args["model_repository"]) / args["model_version"]
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)

    def execute(self, requests: list[Any]) -> list[Any]:
        """The scores of each request."""
        inputs = [triton.get_input_tensor_by_name(one, "pixels").as_numpy() for one in requests]
        pixels = np.concatenate(inputs) if len(inputs) > 1 else inputs[0]
        scores = self.session.run(None, {"pixels": pixels})[0]
        ends = np.cumsum([len(one) for one in inputs])[:-1]
        return [
            triton.InferenceResponse([triton.Tensor("scores", part)])
            for part in np.split(scores, ends)
        ]
