"""What a client shows a server, and what it believes a server by."""

from collections.abc import Callable
from pathlib import Path

from inference.engine.remote_config import RemoteConfig
from inference.remote.trouble import Away

TokenOf = Callable[[str], str | None]
"""The token of a name, as it is now; None: the operator has set none.

Raises:
    OSError: its file cannot be read.
"""


def authorization(config: RemoteConfig, token_of: TokenOf) -> str:
    """The model's token; empty: it has none.

    Raises:
        Away: it has one that there is not, or that no header can carry.
    """
    if not config.token:
        return ""
    name = f"REMOTE_TOKEN_{config.token.upper()}"
    try:
        token = token_of(config.token)
    except (OSError, UnicodeDecodeError):
        raise Away(f"the file that {name}_FILE names cannot be read.") from None
    if not token:
        raise Away(f"there is no token: set {name} or {name}_FILE for the worker.")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise Away(f"the token {name} has signs that no header can carry.")
    return token


def certificates(config: RemoteConfig) -> str | None:
    """The certificates (PEM) that the server's is checked against; None: this system's.

    Raises:
        Away: they cannot be read.
    """
    if not config.ca_file:
        return None
    try:
        return Path(config.ca_file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise Away("remote.ca_file cannot be read.") from None
