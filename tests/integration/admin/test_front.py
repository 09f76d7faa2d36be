"""Moving to the front in the admin."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.desk import REASON, act, text_of
from tests.integration.rest import file, succeed, uploaded
from uploads.models import Event, Prediction, User

pytestmark = pytest.mark.django_db


def test_an_operator_moves_by_the_list(as_ada: APIClient, boss: User, desk: Client) -> None:
    images = uploaded(as_ada, *[file()] * 3)["images"]
    ids: list[Any] = [image["prediction"]["id"] for image in images]
    body = text_of(act(desk, Prediction, "move_to_front", *ids[1:]))
    assert "2 moved to the front." in body
    told = Event.objects.filter(kind="prediction.moved_to_front").order_by("pk")
    assert [(one.prediction_id, one.actor_id, one.reason) for one in told] == [
        (pk, boss.pk, REASON) for pk in ids[1:]
    ]
    succeed(ids[0])
    body = text_of(act(desk, Prediction, "move_to_front", ids[0]))
    assert "1 could not be moved to the front. Only what waits" in body
