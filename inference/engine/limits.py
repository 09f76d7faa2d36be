"""How much a model and its child may say: each bound once, for the wire and for what is cut."""

from typing import Final

MODEL_NAME_LENGTH: Final = 100
TITLE_LENGTH: Final = 100
"""Of what people call a model."""
SAMPLE_BYTES: Final = 256 << 10
"""Of a model's sample photo."""
VERSION_LENGTH: Final = 20
"""Digits of a version's number."""
LABEL_LENGTH: Final = 100
"""Of a name that means a version."""
PLATFORM_LENGTH: Final = 50
TENSOR_NAME_LENGTH: Final = 200
STAGE_LENGTH: Final = 50
ERROR_CODE_LENGTH: Final = 50
ERROR_MESSAGE_LENGTH: Final = 500
REASON_LENGTH: Final = 2000
"""Of why a model was not loaded."""
PORTS: Final = 16
"""That a model's process may connect to."""
CONFIG_BYTES: Final = 1 << 20
"""Of a key of a model's configuration as JSON."""
OUTPUT_BYTES: Final = 16 << 20
"""Of a result as JSON."""
PARTIAL_BYTES: Final = 16 << 10
"""Of a partial result as JSON."""
