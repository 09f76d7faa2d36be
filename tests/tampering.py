"""Changing what must never change, to see that it is noticed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from uploads import append_only
from uploads.models import Event


@contextmanager
def changeable_events() -> Iterator[None]:
    """Events without their protection meanwhile."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute(f"ALTER TABLE {Event._meta.db_table} DISABLE TRIGGER USER")
        yield
    append_only.protect()
