"""What models print becomes lines of the log that tell whose they are."""

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest

from inference.engine import printed
from inference.engine.printed import LINE_BYTES, LINES_A_SECOND, reading
from inference.engine.types import Failed, Succeeded
from tests.traces import TRACE, TRACEPARENT
from tests.unit.engine.processes import ANSWER, until
from tracing import spans


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """The records of what was printed."""
    told: list[Any] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record)

    collector, level = Collector(), printed.logger.level
    printed.logger.addHandler(collector)
    printed.logger.setLevel("INFO")
    yield told
    printed.logger.removeHandler(collector)
    printed.logger.setLevel(level)


def said(lines: list[Any], text: str) -> Any:
    """The one line with this text; None: there is none yet."""
    found = [line for line in lines if getattr(line, "text", "") == text]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.slow
async def test_what_a_model_prints_names_the_prediction_and_its_trace(
    bench: Any, add_model: Any, lines: list[Any]
) -> None:
    talk = "print('seen', request.image.shape)\nprint('oh', file=sys.stderr)\n"
    add_model("talker", talk + ANSWER, load="print('loading')")
    engine = await bench()
    with spans.within(TRACEPARENT):
        assert isinstance(await engine.predict(engine.job("talker", 7)), Succeeded)
    await until(lambda: said(lines, "oh"))
    for text in ("seen (6, 8, 3)", "oh"):
        line = said(lines, text)
        assert (line.model, line.version, line.prediction) == ("talker", "1", 7)
        assert line.trace_id == TRACE
    assert said(lines, "loading").model == "talker"
    assert not hasattr(said(lines, "loading"), "prediction")


@pytest.mark.slow
async def test_what_a_model_prints_before_it_crashes_is_told(
    bench: Any, add_model: Any, lines: list[Any]
) -> None:
    add_model("dying", "print('last words')\nos._exit(7)")
    engine = await bench()
    assert isinstance(await engine.predict(engine.job("dying")), Failed)
    await until(lambda: said(lines, "last words"))


async def test_a_long_line_is_cut_and_what_has_no_end_is_told_in_the_end(lines: list[Any]) -> None:
    reader, theirs = await reading()
    reader.about = {"model": "m"}
    os.write(theirs, b"x" * 3 * LINE_BYTES + b"\n\n\x1b[1mbold\xff\r\nno end")
    os.close(theirs)
    await reader.close()
    assert [line.text for line in lines] == [
        "x" * LINE_BYTES,
        "[1mbold\N{REPLACEMENT CHARACTER}",
        "no end",
    ]
    assert {line.model for line in lines} == {"m"}


async def test_a_model_that_prints_without_end_is_counted_instead_of_told(
    lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.engine.printed.monotonic", lambda: 7.5)
    reader, theirs = await reading()
    os.write(theirs, b"again\n" * (LINES_A_SECOND + 30))
    os.close(theirs)
    await reader.close()
    *told, last = lines
    assert len(told) == LINES_A_SECOND
    assert (last.getMessage(), last.lines) == ("model printed more than is told", 30)


async def test_a_process_that_holds_the_other_end_holds_up_nobody(
    lines: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printed, "LAST_WORDS_SECONDS", 0.01)
    reader, theirs = await reading()
    os.write(theirs, b"still here\n")
    await reader.close()
    os.close(theirs)
    assert [line.text for line in lines] == ["still here"]
