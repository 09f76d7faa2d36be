"""Which tests run in one process, and which are begun first: under `--dist loadfile` of xdist."""

import re
from typing import Any

from xdist.scheduler import LoadFileScheduling

SHARED = {
    "a server of the protocol": re.compile("tests/conformance/"),
    "a Darkroom": re.compile("tests/acceptance/test_(bodies|main_job|metrics|up).py"),
    "a Darkroom and two browsers": re.compile("tests/browser/test_(accessibility|firefox|viewer)"),
    "a Darkroom and Chromium": re.compile("tests/browser/(?!test_thumbnails)"),
    "a rig": re.compile("tests/chaos/test_(authority|clients).py"),
}
"""What is started once for all tests in the files that match; the first that matches counts.

One process runs them from end to end: none of these may take as long as everything else together.
"""
LONGEST = [
    re.compile("a Darkroom and|a server"),
    re.compile("a Darkroom|tests/(acceptance/test_it_holds|unit/engine/test_engine_memory)"),
    re.compile("a rig|tests/(acceptance|chaos)/"),
]
"""What is begun first: what takes minutes, then what waits for the clock most of its time.

Not what measures quality: it loads models into its own process, where those of `tests/unit/engine`
would find modules of their names.
"""


class ByServer(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """A file to a process; files that share what takes long to start, all to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((shared for shared in SHARED if SHARED[shared].match(file)), file)

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=_rank), last=False)
        super()._assign_work_unit(node)


def _rank(scope: str) -> int:
    ranks = (rank for rank, scopes in enumerate(LONGEST) if scopes.match(scope))
    return next(ranks, len(LONGEST))
