"""`manage.py setup`: what must be there before the first process starts."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project.checks import SURROUNDINGS
from project.env import env
from project.up.errors import StartError
from project.up.setup import collect_static, set_up, static_stamp


class Command(BaseCommand):
    """Tables, static files and the first users; `manage.py up` runs it as a process of its own."""

    help = "Brings the database and static files up to date and makes the first users."
    # Those of the code hold wherever it is the same; reading all of it takes a second.
    requires_system_checks = [SURROUNDINGS]

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds `--static-only`."""
        parser.add_argument(
            "--static-only", action="store_true", help="for the making of images of containers"
        )

    def handle(self, *, static_only: bool, **options: Any) -> None:
        """Sets up; one sentence and exit status 1 where the storage is another database's."""
        if static_only:
            collect_static(static_stamp(env().data_dir))
            return
        try:
            set_up(env().data_dir, with_demo=env().has_demo)
        except StartError as error:
            self.stderr.write(error.message)
            sys.exit(1)
