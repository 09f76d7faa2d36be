"""Indexes of what is written for each photo: none of them does what another one does as well."""

import pytest
from django.db import models

from uploads.models import Event, Image, Prediction, Upload


def first_fields(model: type[models.Model]) -> set[str]:
    """The fields that whole indexes of several columns begin with."""
    indexes = [index.fields for index in model._meta.indexes if index.condition is None]
    uniques = [
        constraint.fields
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
    ]
    return {fields[0].lstrip("-") for fields in (*indexes, *uniques) if fields}


@pytest.mark.parametrize("model", [Upload, Image, Prediction, Event])
def test_no_column_has_an_index_of_its_own_that_another_index_begins_with(
    model: type[models.Model],
) -> None:
    doubled = [
        field.name for field in model._meta.local_fields if getattr(field, "db_index", False)
    ]
    assert first_fields(model).isdisjoint(doubled)
