"""A model that tells what it was given, and what outcomes hold."""

from inference.engine.types import Failed, FailureKind, Outcome, Succeeded

ANSWER = "return LabelsOutput([('batch', self.size), ('red', int(request.image[0, 0, 0]))])"


def labels(outcome: Outcome) -> dict[str, float]:
    assert isinstance(outcome, Succeeded), outcome
    return {entry["label"]: entry["score"] for entry in outcome.output["labels"]}


def failure(outcome: Outcome) -> tuple[str, FailureKind]:
    assert isinstance(outcome, Failed), outcome
    assert outcome.message.endswith(".")
    return outcome.code, outcome.kind
