"""What becomes of jobs in real child processes: results, batches, progress."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.engine.types import FailureKind, GivenBack
from tests.unit.engine.outcomes import ANSWER, failure, labels

pytestmark = pytest.mark.slow


async def test_a_job_comes_back_with_its_output_timing_and_provenance(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", ANSWER)
    engine = await bench()
    outcome = await engine.predict(engine.job("echo", 7))
    assert labels(outcome) == {"red": 7, "batch": 1}
    assert [entry["label"] for entry in outcome.output["labels"]] == ["red", "batch"]
    version = engine.engine.repository.version("echo", "1")
    assert outcome.provenance == {"model_sha256": version.sha256, "device": "cpu"}
    assert outcome.timing.batch_size == 1
    assert outcome.timing.wait_ns > 0
    assert not (engine.folder / "results").exists()


async def test_text_is_joined_by_lines(bench: Any, add_model: Any) -> None:
    add_model(
        "reader",
        """
        corners = ((0, 0), (1, 0), (1, 1), (0, 1))
        return TextOutput([Region(corners, word, 0.5) for word in ("a", "b")], "en")
        """,
        kind="text",
    )
    engine = await bench()
    outcome = await engine.predict(engine.job("reader"))
    assert outcome.output["text"] == "a\nb"
    assert outcome.output["regions"][1] == {
        "polygon": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]],
        "text": "b",
        "confidence": 0.5,
    }


async def test_an_image_is_written_whole_and_without_metadata(bench: Any, add_model: Any) -> None:
    add_model("invert", "return ImageOutput(255 - request.image)", kind="image")
    engine = await bench()
    outcome = await engine.predict(engine.job("invert", 5))
    assert outcome.output == {
        "kind": "image",
        "width": 8,
        "height": 6,
        "content_type": "image/png",
        "transparent": False,
        "notes": [],
    }
    assert outcome.output_file == "output.png"
    folder = engine.folder / "results" / "5"
    assert [entry.name for entry in folder.iterdir()] == ["output.png"]
    with Image.open(folder / "output.png") as image:
        assert image.getpixel((0, 0)) == (250, 255, 255)
        assert image.info == {}


async def test_the_thumbnail_is_small_and_an_image_waits_for_it(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model("echo", ANSWER)
    engine = await bench()
    Image.new("RGB", (1000, 500), "red").save(tmp_path / "large.png")
    wanted = tmp_path / "thumbnails" / "1.jpg"
    job = engine.job("echo", source=tmp_path / "large.png", thumbnail=wanted)
    outcome = await engine.predict(job)
    assert outcome.thumbhash
    with Image.open(wanted) as image:
        assert (image.format, image.size) == ("JPEG", (250, 125))
    impossible = engine.job("echo", 2, thumbnail=tmp_path / "large.png" / "2.jpg")
    outcome = await engine.predict(impossible)
    assert failure(outcome) == ("results_unwritable", FailureKind.INFRASTRUCTURE)


async def test_jobs_that_come_together_share_a_batch_but_a_suspect_is_alone(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", ANSWER, config="max_batch_size = 3\nbatching.max_queue_delay_ms = 200")
    engine = await bench()
    jobs = [engine.job("echo", number, alone=number == 4) for number in (1, 2, 3, 4)]
    sizes = {task: labels(await task)["batch"] for task in engine.submit(jobs)}
    assert list(sizes.values()) == [3, 3, 3, 1]


async def test_progress_is_thinned_out_but_keeps_every_stage_and_drops_large_partials(
    bench: Any, add_model: Any
) -> None:
    add_model(
        "chatty",
        f"""
        for step in range(1000):
            request.report("first", step / 1000, {{"step": step}})
        request.report("first", 1.0, {{"step": 1000}})
        request.report("second", 0.0, {{"large": "x" * 20000}})
        {ANSWER}
        """,
    )
    engine = await bench()
    await engine.predict(engine.job("chatty"))
    stages = [(p.stage, p.fraction, p.partial) for p in engine.progress]
    assert stages[:2] == [("load", 0.0, None), ("first", 0.0, {"step": 0})]
    assert stages[-2:] == [("first", 1.0, {"step": 1000}), ("second", 0.0, None)]
    assert len(stages) < 20


async def test_a_job_that_waits_for_its_model_to_load_says_so_and_others_do_not(
    bench: Any, add_model: Any
) -> None:
    add_model("echo", f"request.report('work', 0.0)\n{ANSWER}")
    engine = await bench()
    for number in (1, 2):
        await engine.predict(engine.job("echo", number))
    told = [(progress.job_id, progress.stage) for progress in engine.progress]
    assert told == [(1, "load"), (1, "work"), (2, "work")]


async def test_a_child_knows_no_secret_of_its_parent(
    bench: Any, add_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    add_model("spy", "return LabelsOutput([(name, 1) for name in os.environ])")
    engine = await bench()
    seen = json.dumps(labels(await engine.predict(engine.job("spy"))))
    assert "PATH" in seen
    assert "SECRET" not in seen


async def test_capacity_follows_what_is_in_flight(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    waits = f"while not Path({str(go)!r}).exists(): time.sleep(0.01)\n{ANSWER}"
    add_model("one", waits, config="[instances]\ncount = 2")
    add_model("many", ANSWER, config="max_batch_size = 4")
    engine = await bench()
    assert engine.engine.capacity("one", "1") == 2
    assert engine.engine.capacity("many", "1") == 8
    assert engine.engine.capacity("none", "1") == 0
    jobs = [engine.job("one", number) for number in (1, 2)]
    running = engine.submit(jobs)
    await engine.predict(engine.job("many", 3))
    assert engine.engine.capacity("one", "1") == 0
    go.touch()
    for task in running:
        await task
    assert engine.engine.capacity("one", "1") == 2
    await engine.engine.stop(0)
    assert engine.engine.capacity("one", "1") == 0
    assert isinstance(await engine.predict(jobs[0]), GivenBack)


async def test_a_large_jpeg_reaches_a_model_of_small_input_at_reduced_scale(
    bench: Any, add_model: Any, tmp_path: Path
) -> None:
    add_model(
        "small",
        "return LabelsOutput([('seen', request.image.shape[1]), ('full', request.width)])",
        config="max_side = 200",
    )
    noise = np.zeros((400, 800, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "large.jpg")
    engine = await bench()
    outcome = await engine.predict(engine.job("small", source=tmp_path / "large.jpg"))
    assert labels(outcome) == {"seen": 200, "full": 800}
