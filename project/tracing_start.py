"""Whether a process traces, from its start to its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from project.env import ENV_FILE, env
from project.tracing_env import give_opentelemetry_its_variables
from tracing import spans

STOP_SECONDS: Final = 2.0
"""So long a process that ends waits for a collector to take its last spans."""


def is_installed() -> bool:
    """Whether the packages of requirements/tracing.txt are there."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http.trace_exporter") is not None
    except ModuleNotFoundError:
        return False


@contextmanager
def tracing(role: str) -> Iterator[None]:
    """Traces what runs within, where that is set and installed; `role`: which process it is."""
    if not env().is_traced or not is_installed():
        yield
        return
    give_opentelemetry_its_variables(ENV_FILE)
    from project.trace_export import exporting  # noqa: PLC0415  # it is an extra

    spans.install(exporting(role))
    try:
        yield
    finally:
        spans.uninstall(seconds=STOP_SECONDS)
