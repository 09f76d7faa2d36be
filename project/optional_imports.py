"""Libraries that others import only because they are there.

Django, Django REST framework, Twisted, and PyJWT import whatever they could work with. A process
that stays goes without what it never uses: a fifth of its memory and of its start.
"""

import sys
from typing import Final

from project.env import env

UNUSED: Final = (
    # TLS ends before the web server, tokens are signed with HS256, messages are not encrypted.
    "OpenSSL",
    "cryptography.x509",
    "cryptography.fernet",
    # Of Django REST framework's own tests, and of traces.
    "requests",
    # REST is told as JSON and not in colors, over HTTP/1.1; sockets carry JSON.
    "pygments",
    "h2",
    "cbor2",
    # Of Django's own tests, which a library takes a signal from.
    "jinja2",
    # Log lines go to no terminal of their own.
    "rich",
    "greenlet",
    # For a process that traces, which says so; others' libraries would look whether it is there.
    "opentelemetry",
)
TRACED: Final = frozenset({"opentelemetry", "requests"})
"""What traces are made and sent with."""
SERVER: Final = "twisted"
"""What the web server is made with, and nothing else."""


def decline(command: str) -> None:
    """Makes what `manage.py`'s command does not use impossible to import in this process, as if it
    were not installed."""
    unused = [*UNUSED]
    if env().is_embedded:
        unused.append("psycopg")
    if env().is_traced:
        unused = [name for name in unused if name not in TRACED]
    if command != "web":
        unused.append(SERVER)
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's way to say so
