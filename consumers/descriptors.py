"""How many files and connections this process may have open."""

import contextlib
import resource
from typing import Final

WANTED: Final = 65_536


def raise_limit() -> None:
    """Raises the soft limit, often 1,024, as far as the hard one lets it: a socket is a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def connections_at_most() -> int:
    """How many connections may be open at once: what they do needs files, and the database too."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (WANTED if soft == resource.RLIM_INFINITY else soft) * 3 // 4
