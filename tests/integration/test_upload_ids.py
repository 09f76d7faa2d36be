"""The id of an upload names its folder: one that is taken is never given away again."""

from typing import Any

import pytest

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
