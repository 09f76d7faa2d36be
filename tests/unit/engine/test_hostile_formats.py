"""Hostile files and files that break off cost a decoder little time and memory, and end no process.

They are decoded in a process of their own, as in a model's: a decoder that crashes ends it.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests import hostile_formats
from tests.pdf_files import document

SECONDS = 5.0
MEBIBYTES = 512
"""Above what the process had; the largest that is decoded has 63 megapixels."""
CUTS = 30

DECODES = """
import contextlib, json, resource, time
from inference.engine.child.decode import decode
from inference.engine.errors import UnreadableImage
from imagefile.formats import FORMATS
from inference.engine.types import DecodeLimits
from tests.unit.engine.test_hostile_formats import corpus

LIMITS = DecodeLimits(tuple(FORMATS), max_pixels=64_000_000, max_side=20_000)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
files = corpus()
decode(files["sound: tiff"], LIMITS)
before, slowest = peak(), ("", 0.0)
for name, body in files.items():
    begun = time.process_time()
    with contextlib.suppress(UnreadableImage):
        decode(body, LIMITS)
    slowest = max(slowest, (name, time.process_time() - begun), key=lambda one: one[1])
print(json.dumps({"files": len(files), "slowest": slowest, "memory": peak() - before}))
"""


def corpus() -> dict[str, bytes]:
    """Every hostile file by its name, sound ones, and these cut at many places."""
    sound = {**hostile_formats.sound(), "pdf": document(b"", b"/Rotate 90")}
    files = {f"sound: {name}": body for name, body in sound.items()}
    for name, body in sound.items():
        files |= {
            f"cut: {name} {at}": part for at, part in enumerate(hostile_formats.cut(body, CUTS))
        }
    return files | {name: build() for name, build in hostile_formats.HOSTILE.items()}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_hostile_file_is_decoded_or_refused_within_its_bounds() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DECODES], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["files"] >= 500
    assert told["slowest"][1] <= SECONDS, told
    assert told["memory"] <= MEBIBYTES, told
