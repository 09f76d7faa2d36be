"""An administrator's browser, and a history to look at."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.desk import history_of
from tests.integration.rest import PASSWORD
from uploads.models import User


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
