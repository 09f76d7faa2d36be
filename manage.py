#!/usr/bin/env python
"""Darkroom's command line: `python manage.py help` lists the commands."""

import gc
import os
import sys

from inference.engine.privileges import hide
from project.settings_errors import SettingsInvalid


def main() -> None:
    """Runs the command; one sentence and status 1 where the settings or the database forbid it."""
    # Its environment and memory hold secrets; other processes of its user read strangers' files.
    hide()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    # gRPC's library would write a line, which is no JSON, for each mistake of a client.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        _run()
    except SettingsInvalid as error:
        sys.exit(error.message)


def _run() -> None:
    if sys.argv[1:] == ["up"]:
        # It stays as long as everything runs, and needs nothing of Django, which would cost it
        # three times the memory.
        from project.up.run import main as up  # noqa: PLC0415

        sys.exit(up())

    if sys.argv[1:2] in (["web"], ["runworker"], ["setup"]):
        # What is imported stays: to look for garbage in it over and over takes a fifth of a start.
        gc.disable()

    if sys.argv[1:2] in (["web"], ["runworker"], ["setup"], ["models"], ["audit"]):
        from project.optional_imports import decline  # noqa: PLC0415

        decline(sys.argv[1])

    if sys.argv[1:2] not in (["web"], ["runworker"]):
        _run_once()
        return

    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from project import tracing_start  # noqa: PLC0415

    with tracing_start.tracing("web" if sys.argv[1] == "web" else "worker"):
        execute_from_command_line(sys.argv)


def _run_once() -> None:
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db import Error  # noqa: PLC0415

    from uploads.database_errors import sentence_of  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except Error as error:
        sys.exit(sentence_of(error))


if __name__ == "__main__":
    main()
