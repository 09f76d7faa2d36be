"""`manage.py backup`: the database in one file."""

from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from project.backups import BackupFailed, back_up


class Command(BaseCommand):
    """Copies the database while everything runs."""

    help = "Writes the database into a new file. Copy MEDIA_ROOT afterwards, not before."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds the file's name."""
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        """Writes it.

        Raises:
            CommandError: it could not be written.
        """
        try:
            back_up(file)
        except BackupFailed as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
