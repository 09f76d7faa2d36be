#!/usr/bin/env python
"""Darkroom's command line: `python manage.py help` lists the commands."""

import gc
import os
import sys

from inference.engine.privileges import hide


def main() -> None:
    # Its environment and memory hold secrets; other processes of its user read strangers' files.
    hide()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    # gRPC's library would write a line, which is no JSON, for each mistake of a client.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")

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

    from django.core.management import execute_from_command_line  # noqa: PLC0415

    if sys.argv[1:2] not in (["web"], ["runworker"]):
        execute_from_command_line(sys.argv)
        return

    from project import tracing_start  # noqa: PLC0415

    with tracing_start.tracing("web" if sys.argv[1] == "web" else "worker"):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
