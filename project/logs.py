"""Log lines: one shape for every process, with the request's id, and never a secret."""

import logging
import logging.config
import re
from typing import Any, Final, Literal

import structlog
from structlog.types import EventDict, WrappedLogger

_SECRETS: Final = frozenset({"token", "access", "refresh", "password", "authorization", "cookie"})

_TOKEN: Final = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
"""A JSON web token: its first part is base64 of `{"`."""


def configure(log_format: Literal["console", "json"], level: str = "INFO") -> None:
    """Sends every log line of this process to standard output in one format."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=28)
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        renderer,
                        without_tokens,
                    ],
                }
            },
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
            },
        }
    )


def without_secrets(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Blanks fields that carry credentials."""
    for name in line:
        if name.lower() in _SECRETS:
            line[name] = "…"
    return line


def without_tokens(_: WrappedLogger, __: str, line: str) -> str:
    """Blanks tokens anywhere in a written line: an address, a traceback, an object's text."""
    return _TOKEN.sub("…", line)
