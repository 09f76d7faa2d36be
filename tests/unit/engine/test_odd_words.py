"""Models whose authors' code says odd things: an odd result fails its image and nothing else."""

from typing import Any

import pytest

from inference.engine import limits
from inference.engine.types import Failed, FailureKind, Succeeded
from tests.unit.engine.processes import ANSWER, engine_children

pytestmark = pytest.mark.slow

ODD = "'a\\0' + chr(0xd83d) + 'b' * 5000"


async def test_an_odd_stage_or_partial_result_costs_nothing(bench: Any, add_model: Any) -> None:
    add_model(
        "odd",
        f"""
        deep = []
        for _ in range(5000): deep = [deep]
        for number, partial in enumerate((
            {{'text': 'a\\0'}}, {{'text': chr(0xd83d)}}, {{'score': float('nan')}}, {{1: 2}},
            {{'deep': deep}}, {{'huge': 1 << 64}}, {{'bytes': b'a'}}, 'no object',
        )):
            request.report(str(number), float('nan'), partial)
        request.report({ODD}, 0.5, {{'text': 'kept'}})
        {ANSWER}
        """,
    )
    engine = await bench()
    outcome = await engine.predict(engine.job("odd"))
    assert isinstance(outcome, Succeeded), outcome
    reported = [one.partial for one in engine.progress if one.stage != "load"]
    assert reported == [None] * 8 + [{"text": "kept"}]
    assert engine.progress[-1].stage == "a\ufffd\ufffd" + "b" * (limits.STAGE_LENGTH - 3)


@pytest.mark.parametrize(
    ("kind", "output"),
    [
        ("labels", f"LabelsOutput([({ODD}, 1)])"),
        ("text", f"TextOutput([], text={ODD})"),
        ("text", f"TextOutput([], language={ODD})"),
        ("text", "TextOutput([], language=b'en')"),
        ("text", "TextOutput([], language=['en'])"),
        ("text", "TextOutput([], text=5)"),
        ("text", "TextOutput([], text='a' * (17 << 20))"),
        ("raw", f"RawOutput({{{ODD}: np.zeros(1)}})"),
        ("raw", "RawOutput({'y': np.array(['a\\0b'])})"),
        ("raw", "RawOutput({'y': np.array([b'a\\0b'], object)})"),
    ],
)
async def test_an_odd_result_fails_its_image_for_good_and_its_mate_gets_its_own(
    bench: Any, add_model: Any, kind: str, output: str
) -> None:
    plain = {
        "labels": "LabelsOutput([('a', 1)])",
        "text": "TextOutput([], text='a')",
        "raw": "RawOutput({'y': np.zeros(1)})",
    }
    add_model(
        "odd",
        f"return {output} if request.image[0, 0, 0] == 1 else {plain[kind]}",
        config="max_batch_size = 2\nbatching.max_queue_delay_ms = 200",
        kind=kind,
        load="import numpy; global np; np = numpy",
    )
    engine = await bench()
    bad, good = [await task for task in engine.submit([engine.job("odd", n) for n in (1, 2)])]
    assert isinstance(bad, Failed), bad
    assert (bad.code, bad.kind) == ("invalid_output", FailureKind.PERMANENT)
    assert isinstance(good, Succeeded), good
    assert len(engine_children()) == 1


async def test_an_odd_refusal_is_told_without_what_nobody_keeps(bench: Any, add_model: Any) -> None:
    add_model("odd", f"raise InvalidParams({ODD})")
    engine = await bench()
    outcome = await engine.predict(engine.job("odd"))
    assert isinstance(outcome, Failed), outcome
    assert outcome.code == "invalid_params"
    assert outcome.message == "a\ufffd\ufffd" + "b" * (limits.ERROR_MESSAGE_LENGTH - 3)


async def test_an_odd_reason_for_not_loading_is_told_without_it(bench: Any, add_model: Any) -> None:
    add_model("odd", ANSWER, load=f"raise LoadError({ODD})")
    engine = await bench()
    await engine.predict(engine.job("odd"))
    (status,) = engine.engine.index()
    assert status.reason.startswith("a\ufffd\ufffdb")
    assert len(status.reason) == limits.REASON_LENGTH
