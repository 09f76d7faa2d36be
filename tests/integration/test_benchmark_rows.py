"""The rows that benchmarks put into the queue are rows as Darkroom makes them."""

import pytest
from rest_framework.test import APIClient

from benchmarks import inside
from tests.integration.rest import uploaded
from uploads.models import Image, Prediction, Upload
from uploads.queue import backlog

pytestmark = pytest.mark.django_db


def test_copies_of_an_upload_are_queued_and_can_be_claimed(as_ada: APIClient) -> None:
    uploaded(as_ada)
    inside.seed("broken", inside.CLAIMED)
    inside.seed("broken", 50)
    seeded = Prediction.objects.filter(model="broken")
    assert seeded.count() == inside.CLAIMED + 50
    assert [one.queued for one in backlog.read() if one.model == "broken"] == [114]
    for prediction in seeded.select_related("image__upload"):
        assert prediction.image.upload.user_id == prediction.user_id
    assert Image.objects.count() == 115
    assert Upload.objects.count() == 1 + 4 + 3


def test_a_claim_is_timed_and_taken_back(as_ada: APIClient) -> None:
    prediction = Prediction.objects.get(pk=uploaded(as_ada)["images"][0]["prediction"]["id"])
    inside.seed("broken", inside.CLAIMED)
    assert inside.claim_ms("broken") > 0
    assert set(Prediction.objects.values_list("state", "attempt")) == {("queued", 0)}
    prediction.refresh_from_db()
    assert prediction.state == "queued"
