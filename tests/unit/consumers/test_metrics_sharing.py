"""Several processes that count together, each a real one."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consumers.metrics.sharing import FILE_BYTES, Sharing
from tests.exposition import Exposition, parsed

COUNTING = """
import sys
from pathlib import Path
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from consumers.metrics.sharing import Sharing

sharing = Sharing(Path(sys.argv[1]))
registry = CollectorRegistry()
counter = Counter("things", "Things.", ["kind"], registry=registry).labels("good")
gauge = Gauge("open", "Open.", registry=registry, multiprocess_mode="livesum")
histogram = Histogram("seconds", "Seconds.", registry=registry, buckets=(1, 2))
print(sharing.place, flush=True)
for line in sys.stdin:
    if line.startswith("/"):
        Path(line.strip()).write_bytes(generate_latest(sharing))
        line = "0"
    for _ in range(int(line)):
        counter.inc()
        gauge.inc()
        histogram.observe(1.5)
    print("counted", flush=True)
"""


class Counting:
    """A process that counts what it is told to."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COUNTING, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.place = int(self.process.stdout.readline())

    def count(self, times: int) -> None:
        self._do(str(times))

    def told(self, file: Path) -> Exposition:
        """What this process says of all; `file` is where it writes that."""
        self._do(str(file))
        return parsed(file.read_bytes())

    def _do(self, line: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "counted\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "metrics"


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[], Counting]]:
    """Starts processes that count into the folder."""
    started: list[Counting] = []

    def one() -> Counting:
        started.append(Counting(folder))
        return started[-1]

    yield one
    for counting in started:
        counting.kill()


ASKED = """
import sys
from pathlib import Path
from prometheus_client import generate_latest
from consumers.metrics.sharing import Sharing

sys.stdout.buffer.write(generate_latest(Sharing(Path(sys.argv[1]))))
"""


def told(folder: Path) -> Exposition:
    """What one more process, which has counted nothing, says of all."""
    command = [sys.executable, "-c", ASKED, str(folder)]
    return parsed(subprocess.run(command, capture_output=True, check=True).stdout)


def test_whoever_is_asked_tells_the_sum(folder: Path, start: Callable[[], Counting]) -> None:
    first, second = start(), start()
    assert {first.place, second.place} == {1, 2}
    first.count(3)
    second.count(4)
    sums = told(folder)
    assert sums.value("things_total", kind="good") == 7
    assert sums.value("open") == 7
    assert sums.value("seconds_bucket", le="2.0") == 7
    assert sums.value("seconds_sum") == 10.5
    assert sums.types["things"] == "counter"


def test_what_a_dead_process_counted_stays_and_what_it_held_open_goes(
    tmp_path: Path, start: Callable[[], Counting]
) -> None:
    first, second = start(), start()
    first.count(3)
    second.count(4)
    assert first.told(tmp_path / "before").value("open") == 7
    second.kill()
    sums = first.told(tmp_path / "after")
    assert sums.value("things_total", kind="good") == 7
    assert sums.value("open") == 3
    assert len(sums.of("process_resident_memory_bytes")) == 1


def test_a_process_takes_the_place_of_a_dead_one_and_counts_on(
    folder: Path, start: Callable[[], Counting]
) -> None:
    first, second = start(), start()
    first.count(1)
    second.count(4)
    files = {path.name for path in folder.iterdir()}
    second.kill()
    third = start()
    assert third.place == second.place
    third.count(5)
    assert {path.name for path in folder.iterdir()} == files
    sums = told(folder)
    assert sums.value("things_total", kind="good") == 10
    assert sums.value("open") == 6


def test_each_live_process_tells_its_memory(folder: Path, start: Callable[[], Counting]) -> None:
    start(), start()
    memory = told(folder).of("process_resident_memory_bytes")
    # The one that is asked counts as well.
    assert memory.keys() == {frozenset({("process", place)}) for place in "123"}
    assert all(value > 1_000_000 for value in memory.values())


def test_the_room_is_taken_before_it_is_needed(folder: Path, start: Callable[[], Counting]) -> None:
    start().count(1)
    files = list(folder.glob("*.db"))
    assert len(files) == 3
    assert all(file.stat().st_blocks * 512 >= FILE_BYTES for file in files)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "metrics").write_text("in the way")
    with pytest.raises(OSError, match="metrics"):
        Sharing(tmp_path / "metrics")
