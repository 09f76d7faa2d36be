"""A process may open as many files as the machine lets it."""

import resource
from collections.abc import Iterator

import pytest

from project.server import descriptors


@pytest.fixture
def few_files() -> Iterator[int]:
    """A soft limit as many machines have it; gives the hard one."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_soft_limit_is_raised_as_far_as_it_may(few_files: int) -> None:
    descriptors.raise_limit()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == few_files
    wanted = descriptors.WANTED
    assert soft == (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard))
