"""`manage.py restored`: after a database was brought back by other means than `restore`."""

from typing import Any

from django.core.management.base import BaseCommand

from uploads.restoration import mark_restored


class Command(BaseCommand):
    """Tells a database that it is a copy from an earlier time."""

    help = "Once after the database was brought back to an earlier time, before anything starts."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Has clients load everything anew, and gives no number out twice."""
        done = mark_restored()
        self.stdout.write(
            f"The clients of {done.streams} users will load everything anew. "
            f"The numbers of {done.tables} tables go on far beyond what was given out before. "
            "Run `manage.py audit` once the files are back."
        )
