"""`python -m inference.weights`: puts the weights of the shipped models into place.

Does nothing where they lie there already. Exits with 1 where one could not be put into place.
"""

import sys

from inference.weights.install import install
from inference.weights.packages import WeightsError
from inference.weights.table import MODELS, read_table


def main() -> int:
    """Tell what was put into place, and what could not be."""
    failed = False
    for outcome in install(read_table(), MODELS):
        if isinstance(outcome, WeightsError):
            failed = True
            sys.stderr.write(f"{outcome}\n")
        else:
            size = f"{outcome.bytes / 1e6:.1f} MB"
            sys.stdout.write(f"{outcome.path} ({size}, {outcome.license})\n")
    if failed:
        sys.stderr.write(
            "The models that need these weights are not served; all others are. The next start "
            "tries again.\n"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
