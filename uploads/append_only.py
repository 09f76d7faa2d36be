"""Events can be added and nothing else: the database refuses to change or delete one.

Also for superusers and by SQL. The one way out is retention: within `removal` events may be
deleted, and whoever does so tells it by an event (`uploads.pruning`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

from uploads.models import Event

_EVENTS: Final = Event._meta.db_table
_PERMITS: Final = f"{_EVENTS}_removal"
"""It has a row within a transaction that removes events, and at no other time for anybody."""

_MESSAGE: Final = "Events are not changed or deleted: retention alone removes old ones."
_TRIGGERS: Final = {
    "sqlite": (f"{_EVENTS}_is_not_changed", f"{_EVENTS}_is_not_deleted"),
    "postgresql": (f"{_EVENTS}_is_kept", f"{_EVENTS}_is_not_truncated"),
}

# ruff: noqa: S608  # the names in these statements are ours
_ON_SQLITE: Final = (
    f"CREATE TRIGGER IF NOT EXISTS {_TRIGGERS['sqlite'][0]} BEFORE UPDATE ON {_EVENTS} "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    f"CREATE TRIGGER IF NOT EXISTS {_TRIGGERS['sqlite'][1]} BEFORE DELETE ON {_EVENTS} "
    f"WHEN NOT EXISTS (SELECT 1 FROM {_PERMITS}) "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
)
_ON_POSTGRESQL: Final = (
    f"CREATE OR REPLACE FUNCTION {_EVENTS}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM {_PERMITS}) THEN RETURN OLD; END IF; "
    f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    f"CREATE OR REPLACE TRIGGER {_TRIGGERS['postgresql'][0]} BEFORE UPDATE OR DELETE ON {_EVENTS} "
    f"FOR EACH ROW EXECUTE FUNCTION {_EVENTS}_refuse()",
    f"CREATE OR REPLACE TRIGGER {_TRIGGERS['postgresql'][1]} BEFORE TRUNCATE ON {_EVENTS} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {_EVENTS}_refuse()",
    f"ALTER TABLE {_EVENTS} ENABLE TRIGGER USER",
)


def protect() -> None:
    """Has the database refuse from now on; again after migrations, which may remake the table."""
    statements = _ON_SQLITE if connection.vendor == "sqlite" else _ON_POSTGRESQL
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {_PERMITS} (id integer)")
        for statement in statements:
            cursor.execute(statement)


def is_protected() -> bool:
    """Whether the database refuses to change events."""
    triggers = _TRIGGERS[connection.vendor]
    source = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(source)
        found = {name for (name,) in cursor.fetchall()}
    return found >= set(triggers)


@contextmanager
def removal() -> Iterator[None]:
    """A transaction that may delete events."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_PERMITS} (id) VALUES (1)")
        yield
        cursor.execute(f"DELETE FROM {_PERMITS}")
