"""Models that say a word, and what is heard of them."""

from pathlib import Path
from typing import Any

from inference.engine.status import VersionStatus
from inference.engine.types import Outcome, Succeeded
from tests.unit.engine.processes import TELL_PID

FAILS = "raise RuntimeError('no weights')"
GROWS = "hoard = bytearray(400 << 20); time.sleep(60)"


def says(word: str) -> str:
    return f"{TELL_PID}return LabelsOutput([({word!r}, 1)])"


def said(outcome: Outcome) -> str:
    assert isinstance(outcome, Succeeded), outcome
    return str(outcome.output["labels"][0]["label"])


def waits_for(file: Path, word: str) -> str:
    return f"{TELL_PID}while not Path({str(file)!r}).exists(): time.sleep(0.01)\n{says(word)}"


def status(engine: Any, version: str = "1") -> VersionStatus:
    statuses: list[VersionStatus] = engine.engine.index()
    (found,) = [one for one in statuses if one.version == version]
    return found
