"""A Darkroom whose machines share no folder: what lies on a disk may be lost at any time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.darkroom import Darkroom, Person, until
from tests.photos import on_disk
from tests.s3server import S3Server, Trouble, s3_server
from uploads.storage.volume import MARKER

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Server]:
    with s3_server(tmp_path) as running:
        yield running


def content(person: Person, address: str) -> bytes:
    answer = person.http.get(address)
    assert answer.status_code == 200
    return answer.content


def test_a_disk_that_is_lost_costs_nothing_and_a_bucket_that_is_away_is_told_at_once(
    own_darkroom: Darkroom, server: S3Server, tmp_path: Path
) -> None:
    photo, other = on_disk(tmp_path / "photos", "coffee", "chelsea")
    own_darkroom.start(**server.settings, MEDIA_HANDOVER="s3")
    ada = own_darkroom.person("ada")
    upload = ada.upload(photo, model="style-transfer")
    assert len(server.keys()) >= 1
    assert upload["images"][0]["archived_at"]
    (image,) = ada.finished(upload)["images"]
    assert {key.split("/")[3] for key in sorted(server.keys())} == {
        "images",
        "results",
        "thumbnails",
    }
    addresses = [image["file"], image["thumbnail"], image["prediction"]["output"]["url"]]
    before = [content(ada, address) for address in addresses]

    media = own_darkroom.folder / "media"
    for folder in media.glob("[0-9]*"):
        shutil.rmtree(folder)
    assert [content(ada, address) for address in addresses] == before
    body = {"model": "style-transfer", "params": {"style": "ink"}}
    again = ada.http.post(image["predictions"], json=body).json()
    until(
        lambda: ada.get(f"/api/predictions/{again['id']}/")["state"] == "succeeded",
        "a worker has fetched the photo",
        60,
    )

    server.proxy.trouble = Trouble.REFUSE
    with other.open("rb") as file:
        refused = ada.http.post("/api/uploads/", files={"images": file})
    assert refused.status_code == 503
    assert refused.json()["code"] == "storage_unavailable"
    assert int(refused.headers["Retry-After"]) > 0
    server.proxy.trouble = Trouble.NONE
    assert ada.upload(other, model="style-transfer")["id"] != upload["id"]
    for one in ada.get("/api/uploads/")["results"]:
        ada.finished(one)
        assert ada.http.delete(f"/api/uploads/{one['id']}/").status_code == 204
    until(lambda: server.keys() == set(), "the bucket is empty", 60)
    until(lambda: not list(media.glob("*/*/images/*")), "the disk is empty", 60)


def test_an_installation_goes_over_to_disks_of_its_own_and_back(
    own_darkroom: Darkroom, server: S3Server, tmp_path: Path
) -> None:
    photo, other = on_disk(tmp_path / "photos", "coffee", "chelsea")
    own_darkroom.start(**server.settings)
    ada = own_darkroom.person("ada")
    shared = ada.finished(ada.upload(photo, model="style-transfer"))

    def restarted(**environment: str) -> None:
        own_darkroom.start(**environment)
        ada.http.base_url = own_darkroom.url

    until(lambda: len(server.keys()) == 2, "the archive has all", 90)
    address = f"/api/uploads/{shared['id']}/"
    until(lambda: ada.get(address)["images"][0]["archived_at"], "it is told")
    own_darkroom.stop()

    restarted(**server.settings, MEDIA_HANDOVER="s3", MEDIA_ROOT=str(tmp_path / "own"))
    handed = ada.finished(ada.upload(other, model="style-transfer"))
    images = [one["images"][0] for one in (shared, handed)]
    files = [image["file"] for image in images]
    files += [image["prediction"]["output"]["url"] for image in images]
    before = [content(ada, one) for one in files]
    own_darkroom.stop()

    back = tmp_path / "back"
    back.mkdir()
    (back / MARKER).write_bytes(server.content(MARKER))
    restarted(**server.settings, MEDIA_ROOT=str(back))
    assert [content(ada, one) for one in files] == before
    thumbnails = [image["thumbnail"] for image in images]
    until(
        lambda: {ada.http.get(one).status_code for one in thumbnails} == {200},
        "there are thumbnails again",
        60,
    )
    assert ada.finished(ada.upload(photo, model="style-transfer"))["counts"]["succeeded"] == 1
