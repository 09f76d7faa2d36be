"""A BentoML service with the model: `bentoml serve benchmarks.peers.serve_bentoml:Photos`."""

import os
from pathlib import Path
from typing import Annotated, Any

import bentoml
from bentoml.validators import ContentType

from benchmarks.peers.model import Model, label


@bentoml.service(
    workers=int(os.environ["BENCH_WORKERS"]),  # noqa: TID251
    traffic={"timeout": 60},
    logging={"access": {"enabled": False}},
)
class Photos:
    """A photo as a form's file; its label as JSON."""

    def __init__(self) -> None:
        """Loads the network; once in each worker."""
        path, side = os.environ["BENCH_MODEL"], os.environ["BENCH_SIDE"]  # noqa: TID251
        self.model = Model(path, int(side), threads=1)

    @bentoml.api  # type: ignore[untyped-decorator]  # it is in another environment
    def predict(self, images: Annotated[Path, ContentType("image/jpeg")]) -> dict[str, Any]:
        """The label of one photo."""
        pixels = self.model.decoded(images.read_bytes())
        return label(self.model.scores(pixels[None])[0])
