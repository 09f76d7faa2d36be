"""Two result files: which bar became worse by a fifth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.bars import Bar, bars
from benchmarks.results import Results

MUCH: Final = 0.2


@dataclass(frozen=True)
class Change:
    """A bar's figure before and after."""

    bar: Bar
    before: float
    after: float

    @property
    def worse_by(self) -> float:
        """By what share it became worse; negative where it became better."""
        if self.bar.less_is_better:
            return self.after / self.before - 1
        return self.before / self.after - 1 if self.after else math.inf

    @property
    def is_much_worse(self) -> bool:
        """Whether that is a fifth or more."""
        return self.worse_by >= MUCH


def changes(before: Results, after: Results, watched: Sequence[Bar] | None = None) -> list[Change]:
    """The bars that both files have a figure for."""
    found = [Change(bar, bar.value(before), bar.value(after)) for bar in watched or bars()]
    return [
        change
        for change in found
        if change.before > 0 and not math.isnan(change.before) and not math.isnan(change.after)
    ]
