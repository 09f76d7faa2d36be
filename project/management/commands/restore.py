"""`manage.py restore`: the database from a file that `manage.py backup` has written."""

import contextlib
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from project.backups import BackupFailed, bring_back
from project.env import env
from project.up.errors import StartError
from project.up.lock import Lock
from project.up.setup import migrate
from uploads.catalog import holdings


class Command(BaseCommand):
    """Brings a copy back, and has clients load everything anew."""

    help = "Makes the database what it was when FILE was written. Stop everything first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the file's name."""
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        """Brings it back, up to this release's tables.

        Raises:
            CommandError: something still runs, or it could not be brought back.
        """
        try:
            with Lock(env().data_dir / "up.lock") as _:
                self._refuse_while_workers_live()
                bring_back(file)
                migrate()
                call_command("restored", stdout=self.stdout)
        except (BackupFailed, StartError) as error:
            raise CommandError(str(getattr(error, "message", error))) from None

    def _refuse_while_workers_live(self) -> None:
        # Without tables there are none.
        with contextlib.suppress(DatabaseError):
            if worker := holdings.live_workers().first():
                raise BackupFailed(
                    f"A worker ran on {worker.host} a few seconds ago: stop all workers and web "
                    "processes, wait ten seconds, and try again."
                )
