"""How many characters the columns hold: each bound once, for the schema and for what is cut or
refused before it comes there."""

from typing import Final

from tracing import traceparent

MODEL_NAME: Final = 100
MODEL_TITLE: Final = 100
TASK: Final = 50
MODEL_VERSION: Final = 20
"""Digits of a version's number."""
LABEL: Final = 100
"""Of a name that means a version: a request may hold one in the number's place."""
PLATFORM: Final = 50
SHA256: Final = 64
"""In hexadecimal."""
WORKER: Final = 100
"""Of a worker's id, and of its host."""
REASON: Final = 2000
"""Of why a model is not loaded, in a worker's row."""
WHY: Final = 300
"""Of what somebody wrote when an action asked for a reason."""
STAGE: Final = 50
ERROR_CODE: Final = 50
ERROR_MESSAGE: Final = 500
UPLOAD_PATH: Final = 200
STORAGE_KEY: Final = 400
THUMBHASH: Final = 36
"""In base64."""
IMAGE_NAME: Final = 255
IMAGE_TYPE: Final = 100
IDEMPOTENCY_KEY: Final = 200
CLIENT: Final = 200
KEY_NAME: Final = 100
KEY_PREFIX: Final = 16
"""Of the public beginning of an API key."""
WEBHOOK_URL: Final = 1000
WEBHOOK_DESCRIPTION: Final = 100
WEBHOOK_SECRET: Final = 100
SEARCH_NAME: Final = 100
SEARCH_ADDRESS: Final = 2000
TRACEPARENT: Final = traceparent.LENGTH
