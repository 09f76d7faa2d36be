"""A ZIP file of a selection: everything is in it, or named in it as missing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration import archives
from tests.integration.conftest import Uploads, signed_in
from tests.integration.exports.taking import taken, unpacked
from tests.integration.rest import (
    fail,
    file,
    refused,
    succeed,
    succeed_with_picture,
    uploaded,
)
from tests.photos import tiny
from uploads.models import Image, Prediction, Upload, User
from uploads.storage import local
from uploads.storage.object_store import Facts

pytestmark = pytest.mark.django_db


def ids(*bodies: dict[str, object]) -> list[int]:
    return [image["id"] for body in bodies for image in body["images"]]  # type: ignore[attr-defined]


def test_a_selection_has_originals_and_results_under_names_people_know(as_ada: APIClient) -> None:
    read = uploaded(as_ada, file(tiny(1), "영수증.png"))
    drawn = uploaded(as_ada, file(tiny(2), "cup.png"), model="background-removal")
    failed = uploaded(as_ada, file(tiny(3), "broken.png"))
    succeed(read["images"][0]["prediction"]["id"])
    succeed_with_picture(drawn["images"][0]["prediction"]["id"], b"a cut-out")
    fail(failed["images"][0]["prediction"]["id"])
    assert unpacked(taken(as_ada, images=ids(read, drawn, failed))) == {
        "originals/영수증.png": tiny(1),
        "results/영수증.ocr.txt": b"hello\n",
        "originals/cup.png": tiny(2),
        "results/cup.background-removal.png": b"a cut-out",
        "originals/broken.png": tiny(3),
    }


def test_equal_names_are_told_apart_whatever_their_case(as_ada: APIClient) -> None:
    body = uploaded(
        as_ada, *(file(tiny(n), name) for n, name in enumerate(("a.png", "A.png", "a.png")))
    )
    names = set(unpacked(taken(as_ada, images=ids(body), include=["originals"])))
    assert names == {"originals/a.png", "originals/A-2.png", "originals/a-3.png"}


def test_all_of_a_filter_is_taken_and_nothing_else(as_ada: APIClient, as_bob: APIClient) -> None:
    uploaded(as_bob, file(tiny(1), "receipt of bob.png"))
    for name in ("receipt 1.png", "cup.png", "receipt 2.png"):
        uploaded(as_ada, file(name=name))
    found = unpacked(taken(as_ada, filter={"q": "receipt"}, include=["originals"]))
    assert set(found) == {"originals/receipt 1.png", "originals/receipt 2.png"}
    sent = {"q": "receipt 1", "created_after": "2020-01-01T00:00:00Z"}
    assert set(unpacked(taken(as_ada, filter=sent, include=["originals"]))) == {
        "originals/receipt 1.png"
    }
    never = {"format": "zip", "filter": {"created_after": "never"}}
    refused(as_ada.post("/api/exports/", never, format="json"), 400, "invalid")
    assert len(unpacked(taken(as_ada, filter={}, include=["originals"]))) == 3


def test_what_is_missing_is_named(as_ada: APIClient, as_bob: APIClient) -> None:
    bobs = ids(uploaded(as_bob))
    here, gone, damaged = ids(
        uploaded(as_ada, file(tiny(1), "a.png"), file(tiny(2), "b.png"), file(tiny(3), "c.png"))
    )
    local.path_of(Image.objects.get(pk=gone).image_path).unlink()
    local.path_of(Image.objects.get(pk=damaged).image_path).write_bytes(b"half")
    found = unpacked(taken(as_ada, images=[here, gone, damaged, *bobs]))
    told = found.pop("missing.txt").decode()
    assert found == {"originals/a.png": tiny(1)}
    assert f"originals/b.png (photo {gone}): it is no longer stored." in told
    assert f"originals/c.png (photo {damaged}): the stored file is damaged." in told
    assert f"Photo {bobs[0]}: it is not yours, or was deleted." in told


def test_pages_of_a_document_bring_its_file_once(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(tiny(1), "scan.png"))
    first = Image.objects.get(pk=ids(body)[0])
    Image.objects.update(pages=2)
    second = Image.objects.get(pk=first.pk)
    second.pk, second.page = None, 2
    second.save()
    Prediction.objects.create(
        image=second,
        user_id=second.upload.user_id,
        model="ocr",
        model_version="1",
        state="succeeded",
        finished_at=first.upload.created_at,
        output={"kind": "text", "text": "page two"},
    )
    succeed(body["images"][0]["prediction"]["id"])
    assert unpacked(taken(as_ada, filter={})) == {
        "originals/scan.png": tiny(1),
        "results/scan-p1.ocr.txt": b"hello\n",
        "results/scan-p2.ocr.txt": b"page two\n",
    }


def test_what_left_the_local_storage_comes_from_the_archive(ada: User, archived: Upload) -> None:
    for path in archives.paths(archived):
        path.unlink()
    found = unpacked(taken(signed_in(ada), filter={}))
    assert found["originals/0.png"] == tiny(0)
    assert found["originals/1.png"] == tiny(1)
    assert sum(content.startswith(b"result of ") for content in found.values()) == 2
    assert "missing.txt" not in found


def test_an_archive_that_is_away_is_told_and_asked_once(
    ada: User, archived: Upload, store: FakeObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in archives.paths(archived):
        path.unlink()
    asked: list[str] = []
    look = store.look

    def counted(key: str) -> Facts | None:
        asked.append(key)
        return look(key)

    monkeypatch.setattr(store, "look", counted)
    store.is_away = True
    found = unpacked(taken(signed_in(ada), filter={}, include=["originals"]))
    assert set(found) == {"missing.txt"}
    assert found["missing.txt"].count(b"try again later") == 2
    assert len(asked) == 1


def test_other_bytes_in_the_archive_are_not_passed_off(
    ada: User, archived: Upload, store: FakeObjectStore, media: Path
) -> None:
    for path in archives.paths(archived):
        path.unlink()
    key = Image.objects.get(image_name="0.png").image_path
    store.objects[key] = store.objects[key].__class__(
        b"other bytes", store.objects[key].sha256, store.objects[key].modified_at
    )
    found = unpacked(taken(signed_in(ada), filter={}, include=["originals"]))
    assert set(found) == {"originals/1.png", "missing.txt"}
    assert b"damaged" in found["missing.txt"]
    assert not list((media / ".incoming").glob("*"))


@pytest.mark.usefixtures("handover")
def test_a_machine_with_a_disk_of_its_own_fetches_what_it_lacks(
    ada: User, upload: Uploads, another_machine: Callable[[], Path]
) -> None:
    upload(ada, count=2)
    another_machine()
    found = unpacked(taken(signed_in(ada), filter={}, include=["originals"]))
    assert found == {"originals/0.png": tiny(0), "originals/1.png": tiny(1)}


def test_nothing_that_is_somebody_elses_can_be_named(as_ada: APIClient, as_bob: APIClient) -> None:
    bobs = ids(uploaded(as_bob))
    answer = as_ada.post("/api/exports/", {"images": bobs}, format="json")
    refused(answer, 404, "not_found")
