"""How large requests and answers may be, by every protocol."""

from typing import Final

MAX_REQUEST_BYTES: Final = 64 * 1024 * 1024
"""Of all tensors of a request."""
MAX_RESPONSE_BYTES: Final = 256 * 1024 * 1024
"""Of all tensors of an answer."""
MAX_JSON_TENSOR_BYTES: Final = 16 * 1024 * 1024
"""Of all tensors of an answer that are written as JSON, which takes many times as much memory."""
MESSAGE_OVERHEAD_BYTES: Final = 1024 * 1024
"""What names, shapes and parameters of a message may take beside its tensors."""
MAX_IMAGES: Final = 256
"""Of one request."""
MAX_STRINGS: Final = 262_144
"""Elements of one tensor of BYTES: each is walked over one by one."""
LARGE_BYTES: Final = 1024 * 1024
"""A message above it is handled in a thread, so that the event loop goes on meanwhile."""
MAX_MESSAGE_CHARACTERS: Final = 500
"""Of what a client is told of an error: a status travels as a header, where few kilobytes fit."""
MAX_PARAMS_BYTES: Final = 64 * 1024
"""Of the params of one image."""
MAX_PARAMS_LEVELS: Final = 64
"""Of objects and lists within each other, in the params of one image."""
