"""A Darkroom whose model another Darkroom computes."""

from pathlib import Path

import pytest
from PIL import Image

from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.types import DecodeLimits, ImageJob, Succeeded
from inference.remote.servers import Servers
from tests.conformance.conftest import Served

pytestmark = pytest.mark.slow

FOLDER = """
backend = "remote"
output_kind = "labels"
max_batch_size = 4

[remote]
url = "{url}"
model = "birds"
token = "darkroom"

[preprocessing]
width = 8
height = 8
layout = "NHWC"
scale = 1

[interpretation]
kind = "labels"
top_k = 1
"""


@pytest.mark.parametrize("way", ["grpc", "the worker's REST", "the web's REST"])
async def test_another_darkroom_computes_by_every_protocol(
    served: Served, tmp_path: Path, way: str
) -> None:
    url = {
        "grpc": f"grpc://{served.grpc_url}",
        "the worker's REST": f"http://{served.worker_url}",
        "the web's REST": f"http://{served.web_url}",
    }[way]
    folder = tmp_path / "models" / "far-birds"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(FOLDER.format(url=url))
    (folder / "labels.txt").write_text("crow\ndaw\njay\nmagpie\nrook\n")
    photo = tmp_path / "blue.png"
    Image.new("RGB", (16, 16), (0, 0, 255)).save(photo)
    servers = Servers({"darkroom": served.token}.get)
    limits = DecodeLimits(("PNG",), max_pixels=10_000, max_side=1_000)
    engine = Engine([tmp_path / "models"], limits, reach=Reach(writes=[tmp_path]), remote=servers)
    await engine.start()
    try:
        job = ImageJob(
            id=-1,
            attempt=1,
            model="far-birds",
            version="1",
            source=photo,
            params={},
            results=None,
        )
        outcome = await engine.predict(job, lambda _progress: None)
    finally:
        await engine.stop(0)
        await servers.close()
    assert isinstance(outcome, Succeeded), outcome
    assert outcome.output["labels"][0] == {"label": "jay", "score": 1.0}
