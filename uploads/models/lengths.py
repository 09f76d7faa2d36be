"""How many characters the columns hold: each bound once, for the schema and for what is cut or
refused before it comes there."""

from typing import Final

MODEL_NAME: Final = 100
MODEL_VERSION: Final = 20
"""Of a version's number."""
SHA256: Final = 64
"""In hexadecimal."""
REASON: Final = 500
"""Why a model is not loaded, in a worker's row."""
STAGE: Final = 50
ERROR_CODE: Final = 50
ERROR_MESSAGE: Final = 500
STORAGE_KEY: Final = 400
CLIENT: Final = 200
