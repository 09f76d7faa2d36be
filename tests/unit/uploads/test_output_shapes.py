"""What the API's document says of outputs is what models' processes give."""

from typing import Any

import numpy as np
import pytest
from rest_framework import serializers

from inference.engine.child.encode import KINDS, encode
from inference.engine.model import (
    ImageOutput,
    LabelsOutput,
    Note,
    Output,
    RawOutput,
    Region,
    TextOutput,
)
from uploads.api import output_schemas
from uploads.representation import output_view

SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
GIVEN: dict[str, tuple[Output, type[serializers.Serializer[None]]]] = {
    "text": (
        TextOutput([Region(SQUARE, "a", 0.5)]),
        output_schemas.TextOutput,
    ),
    "image": (ImageOutput(np.zeros((2, 3, 4), np.uint8)), output_schemas.ImageOutput),
    "labels": (LabelsOutput([("cat", 0.5)]), output_schemas.LabelsOutput),
    "raw": (RawOutput({"scores": np.zeros(2, np.float32)}), output_schemas.RawOutput),
}


def told(given: Any, shape: Any) -> None:
    """Holds what was given against its shape: nothing is missing, and nothing untold."""
    if isinstance(shape, serializers.ListSerializer):
        for each in given:
            told(each, shape.child)
    elif isinstance(shape, serializers.Serializer):
        fields = shape.fields
        assert given.keys() <= fields.keys(), type(shape).__name__
        missing = {name for name, field in fields.items() if field.required} - given.keys()
        assert missing == set(), type(shape).__name__
        for name, value in given.items():
            told(value, fields[name])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_output_has_the_shape_that_is_documented(kind: str) -> None:
    output, shape = GIVEN[kind]
    encoded = encode(output, kind, [Note("code", "What could not be done.")]).output
    shown = output_view(7, encoded)
    assert shown is not None
    told(shown, shape())
    told_kind: Any = shape().fields["kind"]
    assert list(told_kind.choices) == [kind]
