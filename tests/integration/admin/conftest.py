"""An administrator's browser, and a history to look at."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.desk import history_of
from tests.integration.rest import PASSWORD
from uploads import failures, finding, overview
from uploads.admin import change_list, long_lists
from uploads.admin import uploads as upload_pages
from uploads.admin.events import EventAdmin
from uploads.admin.images import ImageAdmin
from uploads.admin.machines import ApiKeyAdmin, WebhookAdmin, WebhookDeliveryAdmin
from uploads.admin.predictions import PredictionAdmin
from uploads.admin.uploads import UploadAdmin
from uploads.admin.usage import UsageAdmin
from uploads.catalog import split_watch
from uploads.models import User
from uploads.queue import backlog, places

TABLES = [
    *(EventAdmin, ImageAdmin, PredictionAdmin, UploadAdmin, UsageAdmin),
    *(ApiKeyAdmin, WebhookAdmin, WebhookDeliveryAdmin),
]


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


@pytest.fixture
def desk(boss: User) -> Client:
    """The browser of a signed-in superuser."""
    client = Client()
    client.force_login(boss)
    return client


@pytest.fixture
def history(as_ada: APIClient) -> dict[str, Any]:
    return history_of(as_ada)


@pytest.fixture
def short_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So short that a short history reaches them too."""
    for module, name in (
        *((table, "stretch") for table in TABLES),
        (change_list, "MOST_LISTED"),
        (long_lists, "MOST_FOUND"),
        (finding, "TEXTS_READ"),
        (finding, "NAMES_READ"),
        (upload_pages, "_NAMES_READ"),
        (failures, "LOOKED_AT"),
        (overview, "SAMPLE"),
        (overview, "_SAMPLED_FROM"),
        (backlog, "MOST_COUNTED"),
        (backlog, "POSITIONS_COUNTED"),
        (places, "POSITIONS_COUNTED"),
        (split_watch, "LOOKED_AT"),
    ):
        monkeypatch.setattr(module, name, 100)
