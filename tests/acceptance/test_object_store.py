"""Files in a real S3 server: put once, verified, read, removed, and told apart from trouble."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.stub import Stubber

from tests.s3server import BUCKET, S3Server, Trouble, s3_server
from uploads.errors import StorageUnavailable
from uploads.storage import s3
from uploads.storage.object_store import Absent, Cold, Differs, Facts, Refused
from uploads.storage.s3 import S3Store

pytestmark = pytest.mark.slow

SMALL, LARGE = 50_000, 9_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def store(server: S3Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """The store, reached by a proxy that makes no trouble yet; in trouble it does not wait long."""
    for name, value in server.settings.items():
        setattr(settings, name, value)
    monkeypatch.setattr(s3, "_READ_SECONDS", 1)
    monkeypatch.setattr(s3, "_ATTEMPTS", 2)
    server.proxy.trouble = Trouble.NONE
    yield S3Store()
    server.proxy.trouble = Trouble.NONE
    server.empty()


def file(folder: Path, size: int, seed: int = 1) -> tuple[Path, str]:
    path = folder / f"{size}-{seed}"
    path.write_bytes(hashlib.shake_128(b"%d" % seed).digest(size))
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_file_comes_back_as_it_was_put(store: S3Store, tmp_path: Path, size: int) -> None:
    path, sha256 = file(tmp_path, size)
    store.put("7/upload1/images/0-a.png", path, sha256, "image/png")
    assert store.look("7/upload1/images/0-a.png") == Facts(size, sha256)
    opened = store.open("7/upload1/images/0-a.png")
    assert opened.size == size
    assert opened.file.read() == path.read_bytes()
    assert [(one.key, one.size) for one in store.stored()] == [("7/upload1/images/0-a.png", size)]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_what_is_there_is_not_replaced(store: S3Store, tmp_path: Path, size: int) -> None:
    first, other = file(tmp_path, size), file(tmp_path, size, seed=2)
    store.put("a", *first, "image/png")
    store.put("a", *first, "image/png")
    with pytest.raises(Differs):
        store.put("a", *other, "image/png")
    assert store.look("a") == Facts(size, first[1])


def test_a_file_that_is_not_what_its_hash_says_is_refused(store: S3Store, tmp_path: Path) -> None:
    path, _ = file(tmp_path, SMALL)
    with pytest.raises(Refused):
        store.put("a", path, "0" * 64, "image/png")
    assert store.look("a") is None


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("trouble", [Trouble.REFUSE, Trouble.HANG, Trouble.CUT, Trouble.BUSY])
def test_trouble_of_any_kind_leaves_nothing_behind_and_passes(
    store: S3Store, server: S3Server, tmp_path: Path, trouble: Trouble, size: int
) -> None:
    path, sha256 = file(tmp_path, size)
    server.proxy.trouble = trouble
    with pytest.raises(StorageUnavailable):
        store.put("7/upload2/a", path, sha256, "image/png")
    server.proxy.trouble = Trouble.NONE
    assert store.look("7/upload2/a") is None
    store.put("7/upload2/a", path, sha256, "image/png")
    assert store.look("7/upload2/a") == Facts(size, sha256)


def test_an_upload_in_parts_that_was_left_over_goes_with_its_folder(
    store: S3Store, server: S3Server
) -> None:
    server.client.create_multipart_upload(Bucket=BUCKET, Key="darkroom/7/upload3/a")
    server.client.create_multipart_upload(Bucket=BUCKET, Key="darkroom/7/upload33/a")
    store.remove("7/upload3/")
    left = server.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
    assert [one["Key"] for one in left] == ["darkroom/7/upload33/a"]


def test_only_what_begins_with_the_prefix_is_removed(store: S3Store, tmp_path: Path) -> None:
    path, sha256 = file(tmp_path, 10)
    for key in ("7/upload1/a", "7/upload1/b", "7/upload12/a"):
        store.put(key, path, sha256, "image/png")
    store.remove("7/upload1/")
    assert [one.key for one in store.stored()] == ["7/upload12/a"]
    store.remove("7/upload1/")


def test_what_is_not_there_is_absent(store: S3Store) -> None:
    assert store.look("nothing") is None
    with pytest.raises(Absent):
        store.open("nothing")


def test_a_presigned_address_gives_the_file_without_a_token(store: S3Store, tmp_path: Path) -> None:
    path, sha256 = file(tmp_path, SMALL)
    store.put("7/upload1/images/0-a.png", path, sha256, "image/png")
    address = store.presigned(
        "7/upload1/images/0-a.png", 'attachment; filename="a.png"', "image/png"
    )
    answer = httpx.get(address)
    assert answer.status_code == 200
    assert answer.content == path.read_bytes()
    assert "X-Amz-Expires=60" in address
    assert httpx.get(address.replace("0-a.png", "0-b.png")).status_code >= 400


def test_a_bucket_that_is_not_there_is_trouble_and_no_absence(
    store: S3Store, settings: Any, tmp_path: Path
) -> None:
    settings.S3_BUCKET = "elsewhere"
    path, sha256 = file(tmp_path, 10)
    with pytest.raises(StorageUnavailable, match="NoSuchBucket"):
        S3Store().put("a", path, sha256, "image/png")
    with pytest.raises(StorageUnavailable):
        list(S3Store().stored())
    with pytest.raises(StorageUnavailable):
        S3Store().look("a")


def test_with_checksums_of_the_old_kind_a_file_is_verified_too(
    server: S3Server, settings: Any, tmp_path: Path
) -> None:
    for name, value in {**server.settings, "S3_CHECKSUMS": "when_required"}.items():
        setattr(settings, name, value)
    for size in (SMALL, LARGE):
        path, sha256 = file(tmp_path, size)
        S3Store().put(f"7/upload4/{size}", path, sha256, "image/png")
        assert S3Store().open(f"7/upload4/{size}").file.read() == path.read_bytes()
    S3Store().remove("7/upload4/")
    assert server.keys() == set()


def test_a_photo_that_is_cut_on_its_way_back_is_trouble(
    store: S3Store, server: S3Server, tmp_path: Path
) -> None:
    path, sha256 = file(tmp_path, LARGE)
    store.put("a", path, sha256, "image/png")
    opened = store.open("a")
    assert opened.file.read(10)
    server.proxy.cut_all()

    def read_on() -> None:
        while opened.file.read(1 << 20):
            pass

    with pytest.raises(StorageUnavailable):
        read_on()


def test_an_object_in_a_cold_storage_class_is_no_store_that_is_away(store: S3Store) -> None:
    # The words of Amazon's own S3, which has such classes.
    with Stubber(store._client) as told:
        told.add_client_error("get_object", "InvalidObjectState", http_status_code=403)
        with pytest.raises(Cold):
            store.open("a")
