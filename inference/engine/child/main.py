"""The child process of one model instance: `python -m inference.engine.child.main FD PHASES PARENT
REACH`.

FD is the number of a connected socket, PHASES of the file that a `PhaseWriter` notes into, PARENT
the process id of the worker, REACH what it may reach, in JSON.
"""

import sys

from inference.engine.child.lifeline import guard
from inference.engine.confinement import Reach, confine


def main() -> None:
    """Give up what a model does not need, and only then import what could start threads."""
    descriptor, phases, parent, reach = sys.argv[1:5]
    confine(Reach.from_json(reach))
    guard(int(parent))
    from inference.engine.child.loop import run  # noqa: PLC0415

    run(int(descriptor), int(phases))


if __name__ == "__main__":
    main()
