"""What the address of a list says beside its filters."""

from typing import Final

from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR

BEFORE: Final = "before"
"""Looks through the rows before this id."""
FROM: Final = "from"
TO: Final = "to"
"""Two days or minutes, both included."""
DURING: Final = "during"
"""Days that are counted back from today."""
DAYS: Final = (FROM, TO, DURING)
OF_THE_MOMENT: Final = (BEFORE, PAGE_VAR, ERROR_FLAG)
"""How far somebody has looked, and not what for."""
