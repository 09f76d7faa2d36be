"""Writers of many predictions lock them in the order of their ids: none waits in a circle."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.integration.attempts import W1, claim
from tests.integration.conftest import Uploads
from uploads.models import Prediction, User
from uploads.queue import leases
from uploads.queue.held import Held

pytestmark = pytest.mark.django_db(transaction=True)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def test_a_tick_that_waits_for_a_row_holds_no_later_one(ada: User, upload: Uploads) -> None:
    upload(ada, count=2)
    first, second = sorted(claim(), key=lambda one: one.id)
    # In the order in which a worker may hold them.
    held = [Held(one.id, one.attempt, "detect", 0.5) for one in (second, first)]
    told: list[Any] = []

    def tick() -> None:
        told.append(leases.tick(W1, held))
        connections.close_all()

    ticking = threading.Thread(target=tick)
    if connection.features.has_select_for_update:
        with transaction.atomic():
            Prediction.objects.select_for_update().get(pk=first.id)
            ticking.start()
            while not waits_for_a_lock():
                time.sleep(0.01)
            Prediction.objects.select_for_update(nowait=True).get(pk=second.id)
    else:
        ticking.start()
    ticking.join()
    assert told[0].lost == frozenset()
    assert list(Prediction.objects.values_list("stage", flat=True)) == ["detect", "detect"]
