"""`manage.py seed`: makes up a long history, to measure pages and queries with."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from uploads import seeding
from uploads.storage import volume


class Command(BaseCommand):
    """Adds predictions with their images, uploads, events and usage by SQL."""

    help = (
        "Adds made-up uploads, predictions and events, without files, to measure with. "
        "Not for a database that people use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, and whether other accounts may be there."""
        parser.add_argument("--predictions", type=int, default=100_000, help="At least so many.")
        parser.add_argument("--events", type=int, default=500_000, help="At least so many.")
        parser.add_argument(
            "--beside-users", action="store_true", help="Also where there are other accounts."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Adds them, or refuses."""
        if min(options["predictions"], options["events"]) < 1:
            raise CommandError("Give 1 or more predictions and events.")
        if seeding.real_users() and not options["beside_users"]:
            raise CommandError(
                "There are accounts that are not made up: what is seeded cannot be told apart from "
                "what they did, and its events stay. Use an empty database, or --beside-users."
            )
        # The folder gets the marker of this database while there are no uploads, and never after.
        if problem := volume.problem():
            raise CommandError(problem)
        for told in seeding.seed(options["predictions"], options["events"]):
            self.stdout.write(told)
