"""What fails in real child processes: whose fault it is, and what stays whole beside it."""

from pathlib import Path
from typing import Any

import pytest

from inference.engine import load_backoff
from inference.engine.types import Failed, FailureKind
from tests.unit.engine.outcomes import ANSWER, failure, labels
from tests.unit.engine.processes import until

pytestmark = pytest.mark.slow


async def test_results_that_cannot_be_written_are_nobodys_fault(bench: Any, add_model: Any) -> None:
    add_model("invert", "return ImageOutput(255 - request.image)", kind="image")
    engine = await bench()
    (engine.folder / "results").write_text("in the way")
    outcome = await engine.predict(engine.job("invert"))
    assert failure(outcome) == ("results_unwritable", FailureKind.INFRASTRUCTURE)


@pytest.mark.parametrize(
    "fate",
    [
        "raise RuntimeError('unlucky')",
        "return LabelsOutput([('a\\0b', 1)])",
        "raise InvalidParams('Not on this image.')",
        "os._exit(3)",
        "time.sleep(60)",
    ],
)
async def test_what_fails_once_it_is_decoded_has_its_thumbnail_all_the_same(
    bench: Any, add_model: Any, tmp_path: Path, fate: str
) -> None:
    add_model("unlucky", fate, config="timeout_seconds = 0.5")
    engine = await bench()
    wanted = tmp_path / "thumbnails" / "1.jpg"
    outcome = await engine.predict(engine.job("unlucky", thumbnail=wanted))
    assert isinstance(outcome, Failed), outcome
    assert outcome.thumbhash
    assert wanted.is_file()
    unreadable = engine.job("unlucky", 2, source=b"no image", thumbnail=wanted)
    outcome = await engine.predict(unreadable)
    assert outcome.thumbhash is None


async def test_a_bad_item_fails_alone_and_its_batch_mates_get_their_results(
    bench: Any, add_model: Any
) -> None:
    add_model(
        "picky",
        f"""
        if request.image[0, 0, 0] == 2:
            raise RuntimeError("no")
        if request.image[0, 0, 0] == 3:
            raise InvalidParams("Not on this image.")
        {ANSWER}
        """,
        config="max_batch_size = 5\nbatching.max_queue_delay_ms = 2000",
    )
    engine = await bench()
    jobs = [engine.job("picky", number) for number in (1, 2, 3, 4, 5)]
    jobs[4].source.write_bytes(b"not an image")
    outcomes = [await task for task in engine.submit(jobs)]
    assert labels(outcomes[0])["red"] == 1
    assert failure(outcomes[1]) == ("model_error", FailureKind.TRANSIENT)
    assert failure(outcomes[2]) == ("invalid_params", FailureKind.PERMANENT)
    assert outcomes[2].message == "Not on this image."
    assert labels(outcomes[3])["red"] == 4
    assert failure(outcomes[4]) == ("unreadable_image", FailureKind.PERMANENT)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("raise MemoryError", "out_of_memory"),
        ("return TextOutput([])", "model_error"),
        ("return LabelsOutput([('nan', float('nan'))])", "model_error"),
        ("return None", "model_error"),
        ("request.report('stage', 0.5, {'not json': {1, 2}})", "model_error"),
    ],
)
async def test_a_models_fault_is_a_transient_failure(
    bench: Any, add_model: Any, code: str, expected: str
) -> None:
    add_model("faulty", code)
    engine = await bench()
    assert failure(await engine.predict(engine.job("faulty"))) == (
        expected,
        FailureKind.TRANSIENT,
    )


async def test_a_source_that_is_gone_and_params_that_do_not_fit_fail_for_good(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("echo", ANSWER)
    engine = await bench()
    gone = await engine.predict(engine.job("echo", source=tmp_path / "absent.png"))
    assert failure(gone) == ("source_gone", FailureKind.PERMANENT)
    refused = await engine.predict(engine.job("echo", params={"speed": 1}))
    assert failure(refused) == ("invalid_params", FailureKind.PERMANENT)


async def test_a_version_that_is_not_here_is_not_the_fault_of_its_job(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", ANSWER)
    engine = await bench()
    unknown = await engine.predict(engine.job("echo", version="2"))
    assert failure(unknown) == ("model_not_found", FailureKind.INFRASTRUCTURE)


@pytest.mark.parametrize("load", ["raise RuntimeError('no weights')", "os.abort()"])
async def test_a_model_that_does_not_load_is_unavailable_and_tried_again(
    bench: Any, add_model: Any, tmp_path: Path, load: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_backoff, "RETRY_SECONDS", 0.1)
    add_model("late", ANSWER, load=f"if not Path({str(tmp_path / 'ok')!r}).exists(): {load}")
    engine = await bench()
    outcome = await engine.predict(engine.job("late"))
    assert failure(outcome) == ("model_unavailable", FailureKind.INFRASTRUCTURE)
    (tmp_path / "ok").touch()
    await until(lambda: engine.engine.capacity("late", "1") > 0)
    assert labels(await engine.predict(engine.job("late")))["batch"] == 1
