"""Emptying the database after a test that commits: a row at a time, not as Django's `flush` does.

Django truncates every table and then makes content types and permissions anew, which takes forty
times as long and was most of the time of such a test. Those two stay as the migrations made them.
"""

from typing import Final

from django.db import connections, transaction

from uploads import append_only

MADE_BY_MIGRATIONS: Final = frozenset(
    {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
)


def flush(alias: str) -> None:
    """Deletes what tests have written to this database."""
    connection = connections[alias]
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    # Foreign keys are checked at the end, so that the order does not matter.
    with transaction.atomic(using=alias), append_only.removal(), connection.cursor() as cursor:
        for table in set(tables) - MADE_BY_MIGRATIONS:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
