"""W3C's Trace Context: what is a traceparent, and what is none."""

import pytest

from tests.traces import CLIENT, TRACE, TRACEPARENT
from tracing.traceparent import LENGTH, Parent, log_fields, parse, written


def test_a_traceparent_is_read_and_written_again() -> None:
    assert parse(TRACEPARENT) == Parent(TRACE, CLIENT, is_sampled=True)
    assert written(Parent(TRACE, CLIENT, is_sampled=True)) == TRACEPARENT
    assert len(TRACEPARENT) == LENGTH


def test_of_a_later_version_what_is_known_counts() -> None:
    assert parse(f"01-{TRACE}-{CLIENT}-03-more") == Parent(TRACE, CLIENT, is_sampled=True)
    assert parse(f"00-{TRACE}-{CLIENT}-02") == Parent(TRACE, CLIENT, is_sampled=False)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "nothing", TRACEPARENT.upper(), f"{TRACEPARENT}-more", f"{TRACEPARENT}\n"),
        *(f"ff{TRACEPARENT[2:]}", f"00-{'0' * 32}-{CLIENT}-01", f"00-{TRACE}-{'0' * 16}-01"),
    ],
)
def test_what_is_none_continues_no_trace_and_is_told_by_no_line(text: str | None) -> None:
    assert parse(text) is None
    assert log_fields(text) == {}
