"""The process that makes thumbnails of images whose turn with a model does not come soon:
`python -m inference.engine.child.thumbnailing FD PHASES PARENT REACH`.

What these are is told by `inference.engine.child.main`: REACH is as for a model's process, since it
decodes the same files.
"""

import os
import sys
from typing import Final

from inference.engine.child.lifeline import guard
from inference.engine.confinement import Reach, confine

NICENESS: Final = 10
"""Where cores are scarce, models have them first."""


def main() -> None:
    """Give up what decoding does not need, and only then import what could start threads."""
    descriptor, phases, parent, reach = sys.argv[1:5]
    guard(int(parent))
    os.nice(NICENESS)
    confine(Reach.from_json(reach))
    from inference.engine.child.thumbnail_loop import run  # noqa: PLC0415

    run(int(descriptor), int(phases))


if __name__ == "__main__":
    main()
