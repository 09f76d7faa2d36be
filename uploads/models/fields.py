"""Columns that Django does not have."""

import json
from typing import Any

from django.db import models


class OrderedJSONField(models.JSONField):
    """JSON whose objects keep the order of their keys, in a column of text.

    PostgreSQL's `jsonb`, which a JSONField is there, sorts them. It cannot be searched by key.
    """

    def get_internal_type(self) -> str:
        """The kind of column, by the name of Django's field for it."""
        return "TextField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """The text that is stored."""
        return value if value is None else json.dumps(value)
