"""What a database that refuses to answer means to whoever has run a command."""

import re
from typing import Final

from django.db import Error

_NO_TABLES: Final = re.compile(r"no such (table|column)|(relation|column) .* does not exist")
"""As SQLite and PostgreSQL say it."""


def sentence_of(error: Error) -> str:
    """Why the command ended, and what to do about it."""
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    if _NO_TABLES.match(reason):
        return f"The database is not set up for this release: run `manage.py setup` ({reason})."
    return f"The database cannot be used: {reason}."
