"""Libraries that others import only because they are there.

structlog, Django REST framework, Twisted, and PyJWT import whatever they could work
with. A process that stays goes without what it never uses: a fifth of its memory and of its start.
"""

import sys
from typing import Final

from project.env import env

UNUSED: Final = (
    # TLS ends before the web server, tokens are signed with HS256, messages are not encrypted.
    "OpenSSL",
    "cryptography.x509",
    "cryptography.fernet",
    # Of Django REST framework's own tests.
    "requests",
    # Log lines go to no terminal of their own.
    "rich",
    "greenlet",
)


def decline() -> None:
    """Makes them impossible to import in this process, as if they were not installed."""
    unused = (*UNUSED, "psycopg") if env().is_embedded else UNUSED
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's way to say so
