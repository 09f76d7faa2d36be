"""Where every metric is registered, and how what was counted is told.

Every module that defines metrics gets `REGISTRY` from here, since whether they are kept in this
process or in shared files is settled before the first of them is made.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings
from prometheus_client import (
    CollectorRegistry,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric

from consumers.metrics.sharing import Sharing

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

disable_created_metrics()  # type: ignore[no-untyped-call]

_sharing: Final = Sharing(Path(settings.METRICS_DIR)) if settings.METRICS_DIR else None

REGISTRY: Final = CollectorRegistry()


class Collector(Protocol):
    """Something that is measured only when it is asked for."""

    def collect(self) -> Iterable[Metric]:
        """What it finds now."""


class _Together:
    def __init__(self, *collectors: Collector) -> None:
        self._collectors = collectors

    def collect(self) -> Iterator[Metric]:
        for collector in self._collectors:
            yield from collector.collect()


def exposition(*more: Collector) -> bytes:
    """Everything counted, by all processes that share with this one, and `more`, as text."""
    counted: Collector = _sharing or _Together(REGISTRY, ProcessCollector(registry=None))
    return generate_latest(_Together(counted, *more))
