"""`manage.py up`: everything on this machine, stopped by Ctrl-C."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from project.env import env
from project.up.errors import StartError
from project.up.run import run


class Command(BaseCommand):
    """Migrations, Redis, web and workers under one supervisor."""

    help = "Runs Darkroom on this machine: migrations, Redis, web and workers. Ctrl-C stops all."
    # The checks run behind the lock: a second `up` says at once that there is a first.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Runs until interrupted; one sentence and exit status 1 where it can't start."""
        try:
            run(env(), self.check)
        except StartError as error:
            self.stderr.write(error.message)
            sys.exit(1)
