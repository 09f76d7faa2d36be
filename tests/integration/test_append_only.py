"""Events can be added; the database refuses everything else, whoever asks and however."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from tests.integration.archives import audited
from tests.integration.conftest import Uploads
from tests.tampering import changeable_events
from uploads import append_only
from uploads.models import Event, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told(ada: User, upload: Uploads) -> None:
    upload(ada, count=2)


def sql(text: str) -> Callable[[], object]:
    return lambda: connection.cursor().execute(text)


def empty_table() -> None:
    """At once, where the database has a way that looks at no row."""
    on_postgresql = connection.vendor == "postgresql"
    connection.cursor().execute(f"{'TRUNCATE' if on_postgresql else 'DELETE FROM'} uploads_event")


TRIES: dict[str, Callable[[], object]] = {
    "a row is saved": lambda: Event.objects.first().save(),  # type: ignore[union-attr]  # there is one
    "rows are updated": lambda: Event.objects.update(actor_id=7),
    "a row is deleted": lambda: Event.objects.first().delete(),  # type: ignore[union-attr]  # there is one
    "rows are deleted": lambda: Event.objects.all().delete(),
    "SQL updates": sql("UPDATE uploads_event SET address = NULL"),
    "SQL deletes": sql("DELETE FROM uploads_event WHERE id > 0"),
    "SQL empties the table": empty_table,
}


@pytest.mark.parametrize("name", TRIES)
def test_an_event_is_neither_changed_nor_deleted(name: str) -> None:
    before = list(Event.objects.order_by("pk").values())
    assert before
    with pytest.raises(IntegrityError, match="retention alone"), transaction.atomic():
        TRIES[name]()
    assert list(Event.objects.order_by("pk").values()) == before


def test_within_a_removal_events_may_be_deleted_and_never_changed() -> None:
    with append_only.removal():
        Event.objects.filter(seq=1).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.update(actor_id=7)
    assert not Event.objects.filter(seq=1).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.all().delete()


def test_the_audit_notices_when_nothing_protects_events() -> None:
    assert audited().startswith("0 violations")
    with changeable_events(), pytest.raises(CommandError):
        audited()
    assert audited().startswith("0 violations")


def test_a_migration_protects_them_again() -> None:
    with changeable_events():
        assert not append_only.is_protected()
        call_command("migrate", verbosity=0)
        assert append_only.is_protected()
