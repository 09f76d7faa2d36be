"""A Darkroom with an archive, as people see it: the archive away, local files gone, all deleted."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.darkroom import Darkroom, Person, until
from tests.photos import on_disk
from tests.s3server import S3Server, Trouble, s3_server

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Server]:
    with s3_server(tmp_path) as running:
        yield running


def content(person: Person, address: str) -> bytes:
    answer = person.http.get(address)
    assert answer.status_code == 200
    return answer.content


def test_photos_are_archived_beside_the_models_and_are_at_hand_when_local_files_are_gone(
    own_darkroom: Darkroom, server: S3Server, tmp_path: Path
) -> None:
    photos = on_disk(tmp_path / "photos", "coffee", "chelsea")
    own_darkroom.start(**server.settings)
    server.proxy.trouble = Trouble.REFUSE
    ada = own_darkroom.person("ada")
    done = ada.finished(ada.upload(*photos, model="style-transfer"))
    assert done["counts"]["succeeded"] == 2
    assert server.keys() == set()
    server.proxy.trouble = Trouble.NONE
    until(lambda: len(server.keys()) == 4, "originals and results are archived", 90)
    address = f"/api/uploads/{done['id']}/"
    until(lambda: all(i["archived_at"] for i in ada.get(address)["images"]), "it is told")
    results = [i["prediction"]["output"]["url"] for i in done["images"]]
    before = {one: content(ada, one) for one in results}
    own_darkroom.stop()

    own_darkroom.start(**server.settings, RETENTION_HOURS="0.0001")
    ada.http.base_url = own_darkroom.url
    folder = own_darkroom.folder / "media"
    local = ("*/*/images/*", "*/*/results/*/*/*")
    until(lambda: not any(list(folder.glob(one)) for one in local), "local files are gone", 90)
    assert {one: content(ada, one) for one in results} == before
    for image in done["images"]:
        assert hashlib.sha256(content(ada, image["file"])).hexdigest() == image["sha256"]
        led = ada.http.get(image["file"], params={"redirect": "1"})
        assert led.status_code == 302
        elsewhere = httpx.get(led.headers["Location"])
        assert hashlib.sha256(elsewhere.content).hexdigest() == image["sha256"]
        assert content(ada, image["thumbnail"])
    again = ada.http.post(done["images"][0]["predictions"], json={"model": "ocr"}).json()
    until(
        lambda: ada.get(f"/api/predictions/{again['id']}/")["state"] == "succeeded",
        "another model reads the photo from the archive",
        60,
    )
    kinds = [one["kind"] for one in ada.get("/api/events/", after=0)["results"]]
    assert kinds.count("image.archived") == 2
    assert kinds.count("image.purged") >= 2

    assert ada.http.delete(address).status_code == 204
    until(lambda: server.keys() == set(), "the archive is empty", 60)
