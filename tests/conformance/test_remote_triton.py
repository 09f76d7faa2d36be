"""A real Triton computes Darkroom's photos. Not collected where there is none."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.errors import LoadFailed
from inference.engine.types import DecodeLimits, ImageJob, Outcome, Succeeded
from inference.remote.servers import Servers
from tests.conformance import triton

pytestmark = pytest.mark.slow

FOLDER = """
backend = "remote"
output_kind = "labels"
max_batch_size = {batch}
batching = {{ max_queue_delay_ms = 500 }}
remote = {{ url = "{url}", model = "{model}" }}
preprocessing = {{ width = 4, height = 4 }}
interpretation = {{ kind = "labels" }}
"""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with triton.running(tmp_path_factory.mktemp("triton")) as addresses:
        yield addresses


def write(root: Path, url: str, *, model: str = "gray", batch: int = 4) -> None:
    folder = root / "models" / "gray"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(FOLDER.format(url=url, model=model, batch=batch))
    (folder / "labels.txt").write_text("bright\ndark\n")


async def outcomes(root: Path, photos: int) -> list[Outcome]:
    """Of so many photos, each brighter than the one before."""
    servers = Servers(lambda _name: None)
    limits = DecodeLimits(("PNG",), max_pixels=10_000, max_side=1_000)
    engine = Engine([root / "models"], limits, reach=Reach(writes=[root]), remote=servers)
    await engine.start()
    jobs = []
    for number in range(photos):
        photo = root / f"{number}.png"
        Image.new("RGB", (9, 7), (number * 51,) * 3).save(photo)
        jobs.append(
            ImageJob(
                id=number + 1,
                attempt=1,
                model="gray",
                version="1",
                source=photo,
                params={},
                results=root / f"results-{number}",
            )
        )
    try:
        await engine.load("gray")
        return await asyncio.gather(*(engine.predict(job, lambda _report: None) for job in jobs))
    finally:
        await engine.stop(0)
        await servers.close()


@pytest.mark.parametrize("way", ["http", "grpc"])
async def test_triton_computes_a_whole_batch_at_once(
    addresses: dict[str, str], tmp_path: Path, way: str
) -> None:
    write(tmp_path, addresses[way])
    told = await outcomes(tmp_path, 4)
    for number, outcome in enumerate(told):
        assert isinstance(outcome, Succeeded), outcome
        scores = {one["label"]: one["score"] for one in outcome.output["labels"]}
        assert scores["bright"] == pytest.approx(number / 5, abs=1e-5)
        assert outcome.timing.batch_size == 4


@pytest.mark.parametrize("way", ["http", "grpc"])
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model": "other"}, "other is not ready"),
        ({"batch": 16}, "max_batch_size: the server takes 8, not 16."),
    ],
)
async def test_what_triton_has_not_is_told_at_the_load(
    addresses: dict[str, str], tmp_path: Path, way: str, changes: dict[str, str], reason: str
) -> None:
    write(tmp_path, addresses[way], **changes)  # type: ignore[arg-type]
    with pytest.raises(LoadFailed, match=reason):
        await outcomes(tmp_path, 0)
