"""What a worker takes, it can begin: what cannot be read is left in the queue."""

from typing import Any

import pytest
from django.db import OperationalError

from consumers.worker import claiming
from tests.integration.conftest import predictions
from uploads.models import User
from uploads.queue.leases import Room

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_database_that_goes_away_before_everything_is_read_has_nothing_taken(
    ada: User, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = predictions(upload(ada))[0]

    def away(*_args: Any) -> Any:
        raise OperationalError("The database went away.")

    with monkeypatch.context() as patch:
        patch.setattr(claiming, "with_images", away)
        with pytest.raises(OperationalError):
            claiming.claim("w", [Room(row.model, row.model_version, 5)])
    row.refresh_from_db()
    assert (row.state, row.attempt) == ("queued", 0)
    taken = claiming.claim("w", [Room(row.model, row.model_version, 5)])
    assert [claim.id for claim in taken.claims] == [row.pk]
