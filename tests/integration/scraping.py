"""`GET /metrics` of the web as Prometheus asks for it."""

from typing import Any

from django.test import Client

from tests.exposition import Exposition, parsed


def read(**meta: str) -> Any:
    """The answer to a request with these fields of its environment."""
    return Client().get("/metrics", **meta)  # type: ignore[arg-type]


def told() -> Exposition:
    """What this machine is told now."""
    answer = read()
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parsed(answer.content)


class Grown:
    """How far counters have risen since it was made."""

    def __init__(self) -> None:
        self._before = told()

    def by(self, name: str, **labels: str) -> float:
        """How far this one has."""
        return told().value(name, **labels) - self._before.value(name, **labels)
