"""Memory that runs out is told as such, wherever and in whatever words."""

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.engine.child import execution
from inference.engine.child.out_of_memory import is_out_of_memory
from inference.engine.errors import ResultsUnwritable, UnreadableImage
from inference.engine.types import Failed, FailureKind, Succeeded
from tests.unit.engine.brightness import Brightness, Child, image, png, tensors
from tests.unit.engine.processes import ANSWER

SAID = [
    # PyTorch, on a GPU and on the processor
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.1 GiB",
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you"
    " tried to allocate 6400000000 bytes. Error code 12 (Cannot allocate memory)",
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    # ONNX Runtime
    "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Conv node."
    " Failed to allocate memory for requested buffer of size 6400000000",
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc",
    # OpenCV
    "OpenCV(5.0.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 2700000000"
    " bytes in function 'OutOfMemoryError'",
    # Pillow's codecs
    "out of memory error when writing image file",
]


def caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("message", SAID)
def test_libraries_say_it_in_their_own_words(message: str) -> None:
    assert is_out_of_memory(RuntimeError(message))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        np._core._exceptions._ArrayMemoryError((2**40,), np.dtype("f8")),  # type: ignore[attr-defined]
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        caused_by(UnreadableImage(), MemoryError()),
        caused_by(ResultsUnwritable(), OSError("out of memory error when writing image file")),
    ],
)
def test_so_do_exceptions_by_their_class_and_by_where_they_came_from(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("The memory of this is short."),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("broken data stream when reading image file"),
        caused_by(ResultsUnwritable(), OSError(errno.EDQUOT, "Disk quota exceeded")),
    ],
)
def test_other_trouble_is_other_trouble(error: Exception) -> None:
    assert not is_out_of_memory(error)


@pytest.mark.parametrize("place", ["decode", "write_thumbnail"])
def test_it_is_told_of_decoding_and_of_the_thumbnail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    def fails(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(execution, place, fails)
    item = image(1, png(1))
    item["thumbnail"] = str(tmp_path / "thumbnail.jpg")
    answer = Child(Brightness()).answers(item)[1]
    assert (answer["code"], answer["kind"]) == ("out_of_memory", "transient")


def test_it_is_told_of_preprocessing_of_computing_and_of_encoding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def huge(*_: Any) -> Any:
        return np.zeros(2**50)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("out of memory error when writing image file")

    answer = Child(Brightness(huge)).answers(tensors(1, [1]))[1]
    assert answer["code"] == "out_of_memory"
    source = png(7)
    monkeypatch.setattr(Image.Image, "save", full)
    items = image(1, source, tmp_path / "results"), image(2, source)
    answers = Child(Brightness(), kind="image").answers(*items)
    assert [answers[serial]["code"] for serial in (1, 2)] == ["out_of_memory"] * 2
    monkeypatch.setattr("inference.engine.child.image_adapter.preprocess", huge)
    assert Child(Brightness()).answers(image(1, source))[1]["code"] == "out_of_memory"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {"progressive": True}), ("WEBP", {}), ("PNG", {})]
)
async def test_a_decoder_that_gets_no_memory_does_not_make_the_file_a_broken_one(
    bench: Any, add_model: Any, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    limit = """
    import resource
    used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (40 << 20), resource.RLIM_INFINITY))
    """
    add_model("poor", ANSWER, load=limit)
    Image.new("L", (5000, 5000)).convert("RGB").save(tmp_path / "large", kind, **options)
    engine = await bench()
    outcome = await engine.predict(engine.job("poor", source=tmp_path / "large"))
    assert isinstance(outcome, Failed), outcome
    assert (outcome.code, outcome.kind) == ("out_of_memory", FailureKind.TRANSIENT)
    assert isinstance(await engine.predict(engine.job("poor", 2)), Succeeded)
