"""Fixtures around rows: a catalog, clients, uploads without HTTP, and models in a folder."""

import asyncio
import copy
import gc
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from consumers.worker.files import Files
from project.metrics import backlog
from project.metrics import view as metrics_view
from project.metrics.backlog import BacklogCache
from tests.fakes.engine import FakeEngine
from tests.fakes.object_store import FakeObjectStore
from tests.folders import model_folder
from tests.integration import archives
from tests.integration.crew import Hand
from tests.integration.offered import entry
from tests.integration.pipelines import Bench
from tests.photos import tiny
from uploads.catalog import offers
from uploads.events import Actor
from uploads.exports import running
from uploads.intake import reception
from uploads.intake.validation import Received
from uploads.models import (
    Model,
    ModelSample,
    ModelVersion,
    Prediction,
    Upload,
    User,
)
from uploads.sign_in import tokens
from uploads.storage import handover as handing_over
from uploads.storage import incoming, local, object_store, volume

Uploads = Callable[..., Upload]


_published: list[Any] = []
"""The rows of the two models, as they were published first: to publish takes most of a setup."""


@pytest.fixture
def models(db: None) -> None:
    """A catalog with two models."""
    if not _published:
        offers.publish([entry("ocr"), entry("background-removal")])
        for table in (Model, ModelSample, ModelVersion):
            _published.extend(table.objects.order_by("pk"))
        return
    tables: tuple[Any, ...] = (Model, ModelSample, ModelVersion)
    for table in tables:
        rows = [copy.deepcopy(row) for row in _published if isinstance(row, table)]
        for row in rows:
            row._state.adding = True
            if isinstance(row, ModelVersion):
                row.pk = None
            if not isinstance(row, ModelSample):
                row.offered_at = timezone.now()
        table.objects.bulk_create(rows)


def signed_in(user: User) -> APIClient:
    """A client with a fresh access token of this user."""
    access, _ = tokens.sign_in(user, Actor())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


@pytest.fixture
def as_ada(ada: User, models: None) -> APIClient:
    """Ada's client."""
    return signed_in(ada)


@pytest.fixture
def as_bob(bob: User, models: None) -> APIClient:
    """Bob's client."""
    return signed_in(bob)


@pytest.fixture(autouse=True)
def _no_download_goes_on() -> Iterator[None]:
    """What a test began to fetch and left is nobody's: ids are given out again."""
    yield
    if running._running:
        gc.collect()


@pytest.fixture
def no_incoming_file_is_left(media: Path) -> Iterator[None]:
    """Nothing that was sent lies where files come in once the test is over."""
    yield
    assert not [path for path in (media / ".incoming").glob("*") if path.is_file()]


@pytest.fixture
def upload(models: None, tmp_path: Path) -> Uploads:
    """Makes an upload of tiny images, as the REST API would."""

    def make(user: User, count: int = 1, model: str = "ocr", **fields: Any) -> Upload:
        files = []
        for number in range(count):
            path = incoming.ready_folder() / f"{tmp_path.name}-{user.pk}-{number}"
            path.write_bytes(tiny(number % 256))
            sha256 = local.sha256_of(path)
            size = path.stat().st_size
            files.append(Received(path, f"{number}.png", "image/png", size, sha256))
        request = reception.UploadRequest(
            files=files,
            model=model,
            model_version=fields.pop("model_version", None),
            params=fields.pop("params", {}),
            image_type="",
            idempotency_key=fields.pop("idempotency_key", None),
        )
        return reception.receive(user, request, Actor(id=user.pk, address="192.0.2.7")).upload

    return make


def predictions(upload: Upload) -> list[Prediction]:
    """An upload's predictions, oldest first, as they are in the database now."""
    rows = Prediction.objects.filter(image__upload=upload).select_related("image")
    return list(rows.order_by("pk"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with the models `bright` (1 and 2) and `gray`."""
    model_folder(tmp_path / "models", "bright", "1", "2")
    model_folder(tmp_path / "models", "gray")
    return tmp_path / "models"


@pytest.fixture
def flushes(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file and folder that is flushed to the disk, by the path it has then."""
    paths: list[Path] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        paths.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", noted)
    return paths


@pytest.fixture
def looks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test has found is not told by `/metrics` here."""
    monkeypatch.setattr(metrics_view, "_backlog", BacklogCache())
    monkeypatch.setattr(backlog, "FRESH_SECONDS", 0)


@pytest.fixture
async def working() -> AsyncIterator[Callable[..., Any]]:
    """Starts workers that tick until the test is over."""
    ticking: dict[Hand, asyncio.Task[None]] = {}

    async def begin(*hands: Hand) -> None:
        for hand in hands:
            await hand.begin()
            ticking[hand] = asyncio.create_task(hand.keep_ticking())

    yield begin
    for hand in ticking:
        hand.stop()
    await asyncio.gather(*ticking.values(), return_exceptions=True)


@pytest.fixture
def store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> FakeObjectStore:
    """An archive."""
    settings.S3_BUCKET = "photos"
    fake = FakeObjectStore()
    monkeypatch.setattr(object_store, "store", lambda **_: fake)
    return fake


@pytest.fixture
def handover(store: FakeObjectStore, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines have disks of their own, and hand files over by the object store."""
    settings.MEDIA_HANDOVER = "s3"
    monkeypatch.setattr(handing_over, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(volume, "TRUSTED_SECONDS", 0.0)


@pytest.fixture
def another_machine(settings: Any, tmp_path: Path) -> Callable[[], Path]:
    """Goes on with an empty disk, as if on another machine."""

    def move() -> Path:
        settings.MEDIA_ROOT = tmp_path / f"another-{len(list(tmp_path.iterdir()))}"
        settings.MEDIA_ROOT.mkdir()
        return Path(settings.MEDIA_ROOT)

    return move


@pytest.fixture
def archived(ada: User, upload: Uploads, store: FakeObjectStore) -> Upload:
    """Two images, predicted and archived, a day old."""
    stored = upload(ada, count=2)
    archives.end_all(stored)
    archives.copy_all()
    archives.age(stored)
    return stored


@pytest.fixture
async def bench() -> AsyncIterator[Callable[..., Any]]:
    """Makes pipelines on fake engines and ends them."""
    made: list[Bench] = []

    async def make(files: Files | None = None, **options: Any) -> Bench:
        one = Bench(FakeEngine(**options), files=files)
        await one.engine.start()
        made.append(one)
        return one

    yield make
    for one in made:
        await one.engine.stop(0)
        await one.pipeline.settle()
        one.writer.cancel()
