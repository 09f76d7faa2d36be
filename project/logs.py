"""Log lines: one shape for every process, with its request and trace, and never a secret."""

import json
import logging
import logging.config
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal

from django.core.exceptions import BadRequest, SuspiciousOperation

from tracing import spans
from tracing.traceparent import log_fields

_SECRETS: Final = frozenset({"token", "access", "refresh", "password", "authorization", "cookie"})

_TOKEN: Final = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
"""A JSON web token: its first part is base64 of `{"`."""

_NOT_FIELDS: Final = frozenset(
    {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
)
"""What the standard library itself keeps in a record."""

_OF_CLIENTS: Final = (SuspiciousOperation, BadRequest)
"""What a client did, and nothing of ours: the line says it, and there is no way to it to trace."""

_QUOTED: Final = re.compile(r"""[\s="']""")

_request_ids: Final[ContextVar[tuple[str, ...] | list[str]]] = ContextVar(
    "_request_ids", default=()
)
"""Of the request that this runs for, until it is answered: what it has begun may live on."""


@contextmanager
def of_request(request_id: str) -> Iterator[None]:
    """Has every line that is written within carry the request's id, also from its threads."""
    ids = [request_id]
    token = _request_ids.set(ids)
    try:
        yield
    finally:
        ids.clear()
        _request_ids.reset(token)


def configure(log_format: Literal["console", "json"], level: str = "INFO") -> None:
    """Sends every log line of this process to standard output in one format."""
    # No line says where in the code it was written and by which thread: Python need not look.
    logging._srcfile = None  # noqa: SLF001  # as its manual says
    logging.logThreads = logging.logProcesses = False
    logging.logMultiprocessing = False
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": {"()": JsonLines if log_format == "json" else ConsoleLines}},
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "formatter": "lines",
                    "stream": "ext://sys.stdout",
                }
            },
            "root": {"handlers": ["stdout"], "level": "WARNING"},
            "loggers": {
                "darkroom": {"level": level},
                "django": {"level": "WARNING"},
                # Django's own line for each 4xx repeats the access log.
                "django.request": {"level": "ERROR"},
                # It would tell of each try at a collector that is away; that it gave up is enough.
                "opentelemetry.exporter": {"level": "ERROR"},
            },
        }
    )


class _Lines(logging.Formatter, ABC):
    """A record as one line: what happened, when, where, and what belongs to it by name."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without tokens: in an address, in a traceback, in an object's text."""
        fields = {
            name: "…" if name.lower() in _SECRETS else value
            for name, value in vars(record).items()
            if name not in _NOT_FIELDS
        }
        for request_id in _request_ids.get():
            fields.setdefault("request_id", request_id)
        if (traceparent := spans.current()) is not None:
            fields = {**log_fields(traceparent), **fields}
        if record.exc_info and not isinstance(record.exc_info[1], _OF_CLIENTS):
            fields["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            fields["stack"] = self.formatStack(record.stack_info)
        moment = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
        at = f"{moment.isoformat(timespec='microseconds')}Z"
        return _TOKEN.sub("…", self.line(record, at, fields))

    @abstractmethod
    def line(self, record: logging.LogRecord, at: str, fields: dict[str, Any]) -> str:
        """The text of a line."""


class JsonLines(_Lines):
    """Each line is an object."""

    def line(self, record: logging.LogRecord, at: str, fields: dict[str, Any]) -> str:
        """The text of a line; what JSON does not have is told as Python writes it."""
        told: Mapping[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": at,
            **fields,
        }
        return json.dumps(told, default=repr)


class ConsoleLines(_Lines):
    """Lines for people, and tracebacks below them."""

    def line(self, record: logging.LogRecord, at: str, fields: dict[str, Any]) -> str:
        """The text of a line."""
        below = [fields.pop(name) for name in ("stack", "exception") if name in fields]
        level, event = record.levelname.lower(), record.getMessage()
        named = "".join(f" {name}={_written(fields[name])}" for name in sorted(fields))
        return "\n".join([f"{at} [{level:<9}] {event:<28} [{record.name}]{named}", *below])


def _written(value: Any) -> str:
    if not isinstance(value, str):
        return repr(value)
    return repr(value) if _QUOTED.search(value) else value
