"""How long to wait before trying again."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Exponential delays with jitter, in seconds, so that many clients don't return together."""

    first_s: float = 0.25
    most_s: float = 10.0

    def delay_s(self, failures: int) -> float:
        """The wait after that many failures in a row (1 or more)."""
        ceiling = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 16))
        return ceiling * random.uniform(0.5, 1.0)
