"""`manage.py up`: everything on this machine, stopped by Ctrl-C."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from project.up.run import main


class Command(BaseCommand):
    """Migrations, Redis, web and workers under one supervisor.

    `manage.py` runs a plain `up` without Django; this is what `help` and options find.
    """

    help = "Runs Darkroom on this machine: migrations, Redis, web and workers. Ctrl-C stops all."
    # `manage.py setup` runs them behind the lock: a second `up` says at once that there is a first.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Runs until interrupted; one sentence and exit status 1 where it can't start."""
        sys.exit(main())
