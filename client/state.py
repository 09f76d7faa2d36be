"""What this client waits for, as a reducer over the server's messages: no I/O, no clock.

Two sources tell the same story: events, in order, and REST snapshots, which may be ahead of the
events still on their way. One rule joins them: a later attempt wins, and within one attempt
nothing leaves an ended state.
"""

from collections import Counter
from dataclasses import dataclass

from client.contract import ENDED, EventMessage, Fault, Prediction, ProgressMessage, State

_UPLOAD_DELETED = Fault(code="upload_deleted", message="The upload was deleted on the server.")
_IMAGE_DELETED = Fault(code="image_deleted", message="The image was deleted on the server.")


@dataclass(frozen=True)
class Progress:
    """How far a running prediction is; `fraction` from 0 to 1."""

    stage: str
    fraction: float


class Watchlist:
    """The predictions that are waited for, by id, each in its last known state."""

    def __init__(self) -> None:
        self.predictions: dict[int, Prediction] = {}
        self.progress: dict[int, Progress] = {}
        self._early: set[int] = set()

    def add(self, predictions: list[Prediction]) -> bool:
        """Begin to wait for the predictions of one upload.

        Says whether events about that upload went by before, so that it may be out of date.
        """
        for prediction in predictions:
            self.predictions.setdefault(prediction["id"], prediction)
        return any(prediction["upload"] in self._early for prediction in predictions)

    def observe(self, prediction: Prediction) -> bool:
        """Take in the state of a watched prediction. Says whether it is news."""
        known = self.predictions.get(prediction["id"])
        if known is None or not _supersedes(prediction, known):
            return False
        self.predictions[prediction["id"]] = prediction
        if prediction["state"] == "running":
            self._advance(prediction["id"], prediction["stage"], prediction["progress"])
        else:
            self.progress.pop(prediction["id"], None)
        return True

    def apply(self, message: EventMessage | ProgressMessage) -> list[int]:
        """Take in a message; the ids of the watched predictions that it changed."""
        if message["type"] == "progress":
            return self._apply_progress(message)
        upload = message["upload"]
        if message["kind"] == "upload.deleted" and upload is not None:
            self._early.add(upload)
            return self.drop_upload(upload)
        if not message["kind"].startswith("prediction.") or not message["data"]:
            return []
        prediction: Prediction = message["data"]
        if prediction["id"] not in self.predictions:
            self._early.add(prediction["upload"])
            return []
        return [prediction["id"]] if self.observe(prediction) else []

    def drop_upload(self, upload: int) -> list[int]:
        """Give up what has not ended of a deleted upload; the ids of those predictions."""
        dropped = [key for key, value in self.unfinished().items() if value["upload"] == upload]
        for key in dropped:
            self._give_up(key, _UPLOAD_DELETED)
        return dropped

    def drop(self, prediction: int) -> None:
        """Give up one whose image was deleted."""
        self._give_up(prediction, _IMAGE_DELETED)

    def unfinished(self) -> dict[int, Prediction]:
        """The predictions that have not ended."""
        return {k: v for k, v in self.predictions.items() if not has_ended(v)}

    def counts(self) -> Counter[State]:
        """How many predictions are in each state."""
        return Counter(prediction["state"] for prediction in self.predictions.values())

    def _apply_progress(self, message: ProgressMessage) -> list[int]:
        known = self.predictions.get(message["prediction"])
        if known is None or known["state"] != "running" or known["attempt"] != message["attempt"]:
            return []
        self._advance(known["id"], message["stage"], message["fraction"])
        return [known["id"]]

    def _give_up(self, prediction: int, fault: Fault) -> None:
        gone = self.predictions[prediction] | {"state": "canceled", "error": fault}
        self.predictions[prediction] = gone
        self.progress.pop(prediction, None)

    def _advance(self, prediction: int, stage: str | None, fraction: float | None) -> None:
        self.progress[prediction] = Progress(stage or "", fraction or 0.0)


def has_ended(prediction: Prediction) -> bool:
    """Whether nothing more will happen to a prediction by itself."""
    return prediction["state"] in ENDED


def notes_of(prediction: Prediction) -> list[Fault]:
    """What the result says could not be done; an output too large for an event tells none."""
    return list((prediction["output"] or {}).get("notes", []))


def _supersedes(new: Prediction, known: Prediction) -> bool:
    if new["attempt"] != known["attempt"]:
        return new["attempt"] > known["attempt"]
    return not has_ended(known) and new != known
