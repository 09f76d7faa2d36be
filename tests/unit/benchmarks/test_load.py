"""Load on servers that are not there, in time that is not real."""

import asyncio

import pytest

from benchmarks.load import Call, Failed, Marks, closed_loop, open_loop
from tests.unit.benchmarks.virtual_time import run


def takes(seconds: float) -> Call:
    async def call() -> None:
        await asyncio.sleep(seconds)

    return call


def test_a_closed_loop_sends_the_next_request_when_the_last_has_ended() -> None:
    window = run(closed_loop([takes(0.125)] * 2, 10))
    assert len(window.latencies) == pytest.approx(160, abs=2)
    assert window.latencies == pytest.approx([0.125] * len(window.latencies))


def test_what_ends_while_warming_up_is_not_counted() -> None:
    told: list[str] = []
    marks = Marks(lambda: told.append("begin"), lambda: told.append("end"))
    window = run(closed_loop([takes(1)], 20, warm_up=20.5, marks=marks))
    assert len(window.latencies) == 20
    assert told == ["begin", "end"]


def test_a_window_stays_open_until_enough_have_ended() -> None:
    window = run(closed_loop([takes(1)], 4))
    assert len(window.latencies) >= 10
    assert window.seconds >= 10


def test_a_failed_request_is_an_error_and_no_latency() -> None:
    async def fails() -> None:
        await asyncio.sleep(0.5)
        raise Failed

    window = run(closed_loop([fails], 4))
    assert window.latencies == []
    assert window.errors > 0


def test_an_open_loop_sends_at_its_rate_however_slow_the_server_is() -> None:
    window = run(open_loop(lambda: takes(3), rate=10, seconds=5))
    assert window.latencies == pytest.approx([3] * 50)


def test_a_stall_counts_for_all_who_were_due_meanwhile() -> None:
    # Ten a second at a server that serves one at a time, at once, but stalls for two seconds.
    turn = asyncio.Lock()
    served = 0

    async def call() -> None:
        nonlocal served
        async with turn:
            served += 1
            if served == 20:
                await asyncio.sleep(2)

    window = run(open_loop(lambda: call, rate=10, seconds=10))
    waited = sorted(latency for latency in window.latencies if latency > 0.01)
    # Those due in these two seconds; a closed loop would tell of one alone.
    assert waited == pytest.approx([0.1 * number for number in range(1, 21)])
