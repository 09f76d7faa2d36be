"""What workers have is read anew for every question, and taken apart only where it has changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.integration.offered import live_worker
from uploads.catalog import holdings
from uploads.catalog.holdings import Holding

pytestmark = pytest.mark.django_db


def test_what_a_worker_has_changed_is_seen_at_once() -> None:
    worker = live_worker(Holding("ocr", "1", "LOADING"))
    first = holdings.read()
    assert first.status("ocr", "1").state == "LOADING"
    assert holdings.read() is first
    worker.versions = [Holding("ocr", "1", "READY").as_dict()]
    worker.save()
    assert holdings.read().status("ocr", "1").state == "READY"
    assert first.status("ocr", "1").state == "LOADING"


def test_a_worker_that_gives_no_sign_of_life_is_gone_from_what_is_read() -> None:
    worker = live_worker(Holding("ocr", "1", "READY"))
    assert holdings.read().has("ocr", "1")
    worker.seen_at = timezone.now() - timedelta(seconds=holdings.WORKER_LIVES_SECONDS + 1)
    worker.save()
    assert not holdings.read().has("ocr", "1")
