"""W3C's Trace Context: `traceparent`, by which a trace goes from one process to the next.

https://www.w3.org/TR/trace-context/#traceparent-header
"""

import re
from typing import Final, NamedTuple

TRACEPARENT_KEY: Final = "traceparent"
"""The header of HTTP, and gRPC's metadata, that it goes by."""
LENGTH: Final = 55
"""Characters of one, as they are written here."""

_FORM: Final = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})"
    r"-(?P<span>(?!0{16})[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)
_SAMPLED: Final = 1


class Parent(NamedTuple):
    """A span by its ids in lower-case hexadecimal, and whether its trace is kept."""

    trace_id: str
    span_id: str
    is_sampled: bool


def parse(text: str | None) -> Parent | None:
    """What a traceparent says; None: it is none."""
    found = _FORM.fullmatch(text) if text else None
    if found is None or (found["more"] is not None and found["version"] == "00"):
        return None
    is_sampled = bool(int(found["flags"], 16) & _SAMPLED)
    return Parent(found["trace"], found["span"], is_sampled)


def written(parent: Parent) -> str:
    """The traceparent that says this."""
    return f"00-{parent.trace_id}-{parent.span_id}-{parent.is_sampled:02x}"


def log_fields(text: str | None) -> dict[str, str]:
    """What log lines say of the span that this is: its ids; nothing where there is none."""
    parent = parse(text)
    return {} if parent is None else {"trace_id": parent.trace_id, "span_id": parent.span_id}
