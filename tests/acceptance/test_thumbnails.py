"""Photos are seen within seconds, whether or not a model has come to them."""

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.darkroom import Darkroom, until
from tests.photos import on_disk

pytestmark = pytest.mark.slow

CHAOS = Path(__file__).resolve().parents[1] / "chaos" / "models"
MAKER = r"child\.thumbnailing"


def test_photos_are_seen_while_they_wait_and_the_process_that_made_them_ends(
    own_darkroom: Darkroom, tmp_path: Path
) -> None:
    own_darkroom.start(MODEL_REPOSITORY=str(CHAOS), DEFAULT_MODEL="chaos", WORKERS="1")
    ada = own_darkroom.person("ada")
    photos = on_disk(tmp_path / "photos", "coffee", "chelsea", "rocket") * 4
    sent = ada.upload(*photos, params='{"ms": 20000}')
    last = sent["images"][-1]["prediction"]["id"]
    assert ada.http.post(f"/api/predictions/{last}/cancel/").status_code == 202
    address = f"/api/uploads/{sent['id']}/"

    def are_seen() -> bool:
        return all(image["thumbnail"] for image in ada.get(address)["images"])

    until(are_seen, "every photo has a thumbnail", 15)
    assert ada.get(address)["counts"]["queued"]
    assert ada.get(address)["counts"]["canceled"] == 1
    for image in ada.get(address)["images"]:
        with Image.open(io.BytesIO(ada.http.get(image["thumbnail"]).content)) as picture:
            assert picture.format == "JPEG"
    told = ada.get("/api/events/", after=0)["results"]
    seen = {one["image"] for one in told if one["kind"] == "image.thumbnailed"}
    assert seen == {image["id"] for image in sent["images"]}
    until(lambda: not own_darkroom.pids(MAKER), "nothing is left of it at rest", 20)
    assert ada.http.delete(address).status_code == 204
