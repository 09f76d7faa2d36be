"""While a release is rolled out, the one before it runs on the new tables."""

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField
from django.db.models import NOT_PROVIDED, ManyToManyField

FIRST = 14
"""Those before it were never rolled out over another release."""


def test_a_column_that_is_added_is_filled_by_the_database_where_nobody_else_does() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = [
        one
        for (app, name), one in loader.disk_migrations.items()
        if app == "uploads" and int(name[:4]) >= FIRST
    ]
    added = [
        (one.name, operation.model_name, operation.name)
        for one in ours
        for operation in one.operations
        if isinstance(operation, AddField)
    ]
    models = loader.project_state().models
    unfilled = [
        (migration, model, name)
        for migration, model, name in added
        if (field := models["uploads", model.lower()].fields.get(name)) is not None
        and not isinstance(field, ManyToManyField)
        and not field.null
        and field.db_default is NOT_PROVIDED
    ]
    assert unfilled == []
