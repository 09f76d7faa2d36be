"""LitServe with the model: `python -m … MODEL SIDE PORT BATCH WORKERS`."""

import sys
from typing import Any

import litserve
import numpy as np
from fastapi import Request

from benchmarks.peers.model import Array, Model, label


class Api(litserve.LitAPI):  # type: ignore[misc]  # it is in another environment
    """A photo as a form's file; its label as JSON."""

    def setup(self, device: str) -> None:
        """Loads the network; once in each worker."""
        self.model = Model(sys.argv[1], int(sys.argv[2]), threads=1)

    def decode_request(self, request: Request) -> Array:
        """The photo as pixels."""
        return self.model.decoded(request["images"].file.read())

    def batch(self, inputs: list[Array]) -> Array:
        """Several requests as one tensor."""
        return np.stack(inputs)

    def predict(self, x: Array) -> Array:
        """The scores of one request, or of a batch."""
        return self.model.scores(x if x.ndim == 4 else x[None])

    def unbatch(self, output: Array) -> list[Array]:
        """The scores of each request."""
        return list(output)

    def encode_response(self, output: Array) -> dict[str, Any]:
        """The label."""
        return label(output.reshape(-1))


if __name__ == "__main__":
    port, batch, workers = (int(argument) for argument in sys.argv[3:6])
    server = litserve.LitServer(
        Api(max_batch_size=batch, batch_timeout=0.002 if batch > 1 else 0.0),
        accelerator="cpu",
        workers_per_device=workers,
    )
    server.run(host="127.0.0.1", port=port, log_level="warning", generate_client_file=False)
