"""`manage.py audit [--fix]`: are rows and files as they must be?"""

import contextlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from uploads import audit
from uploads.errors import StorageUnavailable
from uploads.storage import object_store


class Command(BaseCommand):
    """Prints every violation and every orphan; fails where there is a violation."""

    help = "Checks every invariant over rows and files; exits with 1 on a violation."
    # The tag of project.checks. The others import every view, which takes longer than an audit.
    requires_system_checks = ["surroundings"]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--fix` and how old an orphan must be."""
        parser.add_argument("--fix", action="store_true", help="Remove files that no row names.")
        parser.add_argument(
            "--orphan-age",
            type=float,
            default=audit.ORPHAN_AGE_SECONDS,
            help="Seconds before a file that no row names counts as left behind.",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Runs the audit."""
        found = list(audit.violations())
        for violation in found:
            self.stdout.write(f"violation: {violation.invariant}: {violation.what}")
        left = list(audit.orphans(options["orphan_age"]))
        for path in left:
            self.stdout.write(f"orphan: {path.relative_to(settings.MEDIA_ROOT)}")
            if options["fix"]:
                _remove(path)
        left_behind = len(left) + self._archived_orphans(**options)
        removed = "removed" if options["fix"] else "--fix removes them" if left_behind else ""
        self.stdout.write(
            f"{len(found)} violations, {left_behind} orphans" + (f" ({removed})" if removed else "")
        )
        if found:
            raise CommandError("Rows and files are not as they must be.")

    def _archived_orphans(self, *, orphan_age: float, fix: bool, **_: Any) -> int:
        try:
            strays = list(audit.archived_orphans(orphan_age))
            for key in strays:
                self.stdout.write(f"orphan in the archive: {key}")
                if fix:
                    object_store.store().delete(key)
        except StorageUnavailable as error:
            # That it is away is a violation already.
            self.stderr.write(error.message)
            return 0
        return len(strays)


def _remove(path: Path) -> None:
    """Removes a file and the folders that it leaves empty."""
    path.unlink(missing_ok=True)
    root = Path(settings.MEDIA_ROOT)
    with contextlib.suppress(OSError):
        for folder in path.parents:
            if folder == root:
                break
            folder.rmdir()
