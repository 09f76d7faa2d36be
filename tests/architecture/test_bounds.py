"""What models may say and what columns hold: two packages that do not know each other agree."""

import pytest

from inference.engine import limits
from uploads.models import lengths


@pytest.mark.parametrize(
    ("said", "held"),
    [
        (limits.MODEL_NAME_LENGTH, lengths.MODEL_NAME),
        (limits.VERSION_LENGTH, lengths.MODEL_VERSION),
        (limits.LABEL_LENGTH, lengths.LABEL),
        (limits.PLATFORM_LENGTH, lengths.PLATFORM),
        (limits.STAGE_LENGTH, lengths.STAGE),
        (limits.ERROR_CODE_LENGTH, lengths.ERROR_CODE),
        (limits.ERROR_MESSAGE_LENGTH, lengths.ERROR_MESSAGE),
        (limits.REASON_LENGTH, lengths.REASON),
    ],
)
def test_a_bound_is_one_wherever_it_is_named(said: int, held: int) -> None:
    assert said == held
