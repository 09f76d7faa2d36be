"""What an object store, or the way to it, says of trouble: in our words."""

import contextlib
from collections.abc import Iterator
from typing import Any

from uploads.errors import StorageUnavailable


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Tells whatever the store or the way to it says in our words.

    Refusals too (a key that is wrong, a bucket that is gone): an operator mends them, and until
    then files wait.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        reason = code_of(error) if isinstance(error, ClientError) else type(error).__name__
        raise StorageUnavailable(f"The archive does not answer: {reason}.") from error
    except ValueError as error:
        raise StorageUnavailable(f"The archive's settings are wrong: {error}") from error


def code_of(error: Any) -> str:
    """The store's own word for it."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: Any) -> int:
    """The status of HTTP that it came with."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
