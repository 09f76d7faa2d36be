"""A child process that answers as it was told to, and what is said to it and by it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from inference.engine import wire
from inference.engine.types import ImageJob

TIMING = {"decode_ns": 1, "compute_ns": 2, "encode_ns": 3, "batch_size": 4}


class Config:
    name = "m"
    timeout_seconds = 5


class Version:
    """What a batch asks of a model's version."""

    number = "1"
    sha256 = "abc"
    config = Config()


class ScriptedChild:
    """Notes what is sent, and answers what it was told to once it shall compute."""

    device = "cuda:1"
    infer = None

    def __init__(
        self, answer: Callable[[list[int]], list[dict[str, Any]]], *, ends: bool = True
    ) -> None:
        self._ends = ends
        self._is_listened_to = False
        self.sent: list[Mapping[str, Any]] = []
        self._answer = answer
        self._answers: asyncio.Queue[Any] = asyncio.Queue()
        self._begun: Any = None

    def works_at(self, **fields: Any) -> None:
        """It prints nothing."""

    def hold(self, message: Mapping[str, Any]) -> None:
        self.send(message)

    def send(self, message: Mapping[str, Any]) -> None:
        wire.pack(message, 10_000)
        self.sent.append(message)

    def compute(self) -> None:
        serials = [item["serial"] for item in self.sent]
        self.sent.append({"type": "compute"})
        self.say(*self._answer(serials))
        if self._ends:
            self.say({"type": "batch_done"})

    def begun(self) -> Any:
        return self._begun

    def say(self, *answers: dict[str, Any]) -> None:
        """Answers, or notes what it begins with."""
        for answer in answers:
            if answer["type"] == "begun":
                self._note(**answer)
            else:
                self._answers.put_nowait(answer)

    def _note(self, type: str, phase: str, serials: list[int]) -> None:  # noqa: A002  # as messages
        before = self._begun or {"step": 0, "begun": []}
        self._begun = {
            "batch": 1,
            "step": before["step"] + 1,
            "phase": phase,
            "serials": serials,
            "begun": [*before["begun"], *serials],
        }

    @property
    def is_waited_for(self) -> bool:
        """Whether everything it said is heard, and more is listened for."""
        return self._is_listened_to and self._answers.empty()

    async def receive(self) -> Any:
        self._is_listened_to = True
        answer = await self._answers.get()
        self._is_listened_to = False
        return answer


def image_job() -> ImageJob:
    return ImageJob(
        id=-2, attempt=1, model="m", version="1", source=b"png", params={}, results=None
    )


def computed(serial: int, *names: str) -> dict[str, Any]:
    outputs = [{"name": name, "datatype": "UINT8", "shape": [1], "data": b"\5"} for name in names]
    return {"type": "computed", "serial": serial, "outputs": outputs, "timing": TIMING}


def succeeded(serial: int) -> dict[str, Any]:
    return {
        "type": "succeeded",
        "serial": serial,
        "output": {"kind": "image"},
        "output_file": None,
        "output_bytes": b"PNG",
        "timing": TIMING,
    }


def begun(phase: str, *serials: int) -> dict[str, Any]:
    return {"type": "begun", "phase": phase, "serials": list(serials)}
