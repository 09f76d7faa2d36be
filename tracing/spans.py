"""Spans: what took how long, for whom, within which trace.

Whoever makes one needs no library for it. A process that traces has a `Tracer` installed by the
composition root; in every other one nothing of this does anything.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

Attributes = Mapping[str, str | int | float | bool]
"""Ids, models, versions, states and sizes; never names of people or files, tokens or texts."""


class Kind(StrEnum):
    """On which side of a call a span is, in OpenTelemetry's words."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class Span(Protocol):
    """What is going on."""

    @property
    def traceparent(self) -> str | None:
        """By which others continue it; None: nothing is traced."""

    def note(self, attributes: Attributes, *, name: str = "") -> None:
        """Add what is known by now, or its better name."""

    def fail(self, error: str) -> None:
        """It has failed; `error`: why, as a code."""

    def end(self, *, error: str = "", at_ns: int | None = None) -> None:
        """It is over; `error`: why it failed, as a code. `at_ns`: since 1970, by default now."""


class Tracer(Protocol):
    """Begins spans, and sends them when they are over without keeping anybody waiting."""

    def begin(
        self,
        name: str,
        *,
        kind: Kind,
        parent: str | None,
        attributes: Attributes,
        at_ns: int | None,
    ) -> Span:
        """A span that has begun: at `at_ns` since 1970, by default now.

        It is the first of a trace where `parent` is no traceparent.
        """

    def close(self, seconds: float) -> None:
        """Send what is left, for so long at most."""


class _NoSpan:
    traceparent: str | None = None

    def note(self, attributes: Attributes, *, name: str = "") -> None:
        """Nobody is told."""

    def fail(self, error: str) -> None:
        """Nobody is told."""

    def end(self, *, error: str = "", at_ns: int | None = None) -> None:
        """Nobody is told."""


@dataclass(slots=True)
class _Here:
    traceparent: str | None
    span: Span
    is_over: bool = False
    """Tasks that were begun here, and live on, are of no span any more."""


_NO_SPAN: Final = _NoSpan()
_NOWHERE: Final = _Here(None, _NO_SPAN)
_here: Final[ContextVar[_Here]] = ContextVar("_here", default=_NOWHERE)
_tracers: Final[list[Tracer]] = []


def install(tracer: Tracer) -> None:
    """From now on this process traces."""
    _tracers[:] = [tracer]


def uninstall(*, seconds: float) -> None:
    """It traces no more; what is left is sent, for so long at most."""
    if _tracers:
        _tracers.pop().close(seconds)


def is_on() -> bool:
    """Whether this process traces."""
    return bool(_tracers)


def now_ns() -> int:
    """The time, as spans tell it: since 1970."""
    return time.time_ns()


def current() -> str | None:
    """The traceparent of what runs here; None: of no trace that is known."""
    here = _here.get()
    return None if here.is_over else here.traceparent


def note(attributes: Attributes) -> None:
    """Adds what is known by now to the span of what runs here."""
    here = _here.get()
    if not here.is_over:
        here.span.note(attributes)


@contextmanager
def within(traceparent: str | None) -> Iterator[None]:
    """What runs here belongs to this trace, as log lines tell; None: as before."""
    if traceparent is None:
        yield
        return
    here = _Here(traceparent, _NO_SPAN)
    token = _here.set(here)
    try:
        yield
    finally:
        here.is_over = True
        _here.reset(token)


@contextmanager
def span(
    name: str, kind: Kind, *, parent: str | None = None, attributes: Attributes | None = None
) -> Iterator[Span]:
    """A span of what runs here, which has failed if it raises.

    It continues `parent` where it is a traceparent, else what runs here already.
    """
    if not _tracers:
        yield _NO_SPAN
        return
    begun = _tracers[0].begin(
        name, kind=kind, parent=parent or current(), attributes=attributes or {}, at_ns=None
    )
    here = _Here(begun.traceparent, begun)
    token = _here.set(here)
    error = ""
    try:
        yield begun
    except BaseException as problem:
        error = type(problem).__name__
        raise
    finally:
        here.is_over = True
        _here.reset(token)
        begun.end(error=error)


def begin(
    name: str,
    kind: Kind,
    *,
    parent: str | None,
    attributes: Attributes | None = None,
    at_ns: int | None = None,
) -> Span:
    """A span that somebody else ends."""
    if not _tracers:
        return _NO_SPAN
    return _tracers[0].begin(
        name, kind=kind, parent=parent, attributes=attributes or {}, at_ns=at_ns
    )


def record(
    name: str,
    *,
    parent: str | None,
    began_ns: int,
    ended_ns: int,
    attributes: Attributes | None = None,
    kind: Kind = Kind.INTERNAL,
) -> None:
    """A span of what is over; times since 1970."""
    begin(name, kind, parent=parent, attributes=attributes, at_ns=began_ns).end(at_ns=ended_ns)
