"""`python -m quality COMMAND`: measures shipped models; `make quality` runs every command."""

import argparse

from rich.console import Console

from quality import catalog, cutouts, ocr, orientation, scenes, scripts, style, textless, times

COMMANDS = (
    ("ocr", ocr),
    ("orientation", orientation),
    ("scenes", scenes),
    ("scripts", scripts),
    ("textless", textless),
    ("cutouts", cutouts),
    ("style", style),
    ("times", times),
    ("catalog", catalog),
)


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m quality", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, command in COMMANDS:
        described = commands.add_parser(name, help=command.__doc__)
        command.add_arguments(described)
        described.set_defaults(measure=command.measure)
    arguments = parser.parse_args()
    arguments.measure(arguments, Console(width=130))


if __name__ == "__main__":
    main()
