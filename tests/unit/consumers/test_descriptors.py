"""A process may open as many files as the machine lets it."""

import resource
from collections.abc import Iterator
from typing import Any

import pytest

from consumers import descriptors
from consumers.management.commands import runworker


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


def test_a_worker_may_open_as_many_as_a_web_process(
    few_files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft: list[int] = []

    class Running:
        def __init__(self, **_: Any) -> None:
            """Takes everything."""

        def run(self) -> None:
            soft.append(resource.getrlimit(resource.RLIMIT_NOFILE)[0])

    monkeypatch.setattr(runworker, "InferenceWorker", Running)
    monkeypatch.setattr(runworker, "begin_collecting", lambda: None)
    runworker.Command().handle(channels=[], layer="default")
    descriptors.raise_limit()
    assert soft == [resource.getrlimit(resource.RLIMIT_NOFILE)[0]]
    assert soft != [512]
