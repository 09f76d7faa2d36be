"""The id of an upload names its folder: one that is taken is never given away again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.integration.conftest import predictions
from uploads import statements
from uploads.models import Upload, User
from uploads.storage import keys, local

pytestmark = pytest.mark.django_db


def test_rows_copied_without_their_sequence_keep_their_files(
    ada: User, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: Upload = upload(ada)
    original = local.path_of(predictions(first)[0].image.image_path)
    bytes_before = original.read_bytes()
    ids = iter([first.pk, first.pk + 1000])
    monkeypatch.setattr(statements, "next_upload_id", lambda: next(ids))
    second: Upload = upload(ada, 2)
    assert second.pk == first.pk + 1000
    assert original.read_bytes() == bytes_before


def test_a_folder_that_a_crash_left_without_a_row_is_taken_over(
    ada: User, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: Upload = upload(ada)
    left = local.path_of(keys.upload_path(ada.pk, first.pk + 1))
    left.mkdir(parents=True)
    monkeypatch.setattr(statements, "next_upload_id", lambda: first.pk + 1)
    assert upload(ada).pk == first.pk + 1


@pytest.mark.django_db(transaction=True)
def test_threads_that_take_ids_at_once_never_take_the_same(ada: User, upload: Any) -> None:
    upload(ada)
    at_once = Barrier(8)

    def take() -> list[int]:
        at_once.wait(30)
        try:
            return [statements.next_upload_id() for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = [pk for some in [pool.submit(take) for _ in range(8)] for pk in some.result(60)]
    first = Upload.objects.get().pk
    assert len(set(taken)) == 40
    assert min(taken) > first
