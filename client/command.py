"""What all commands have in common: who asks, and how trouble becomes a sentence and a code."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer

from client.display import Display, choose
from client.errors import ClientError
from client.session import ApiKey, Credentials

T = TypeVar("T")

KEY_VARIABLE = "DARKROOM_API_KEY"

EXIT_TROUBLE = 2
EXIT_INTERRUPTED = 130


def run(work: Callable[[Display], Coroutine[Any, Any, T]], *, as_json: bool, interrupted: str) -> T:
    """The result of `work`, with a display while it runs.

    Raises typer.Exit where it ended otherwise, after one sentence on standard error; after
    Ctrl-C that sentence is `interrupted`.
    """
    display = choose(as_json=as_json)
    try:
        with display:
            return asyncio.run(work(display))
    except KeyboardInterrupt:
        display.note(interrupted)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except (ClientError, OSError, ExceptionGroup) as error:
        cause = _cause(error)
        if not isinstance(cause, ClientError | OSError):
            raise
        display.note(_sentence(cause))
        raise typer.Exit(EXIT_TROUBLE) from None


def credentials(
    username: str | None, password: str | None, key_file: Path | None = None
) -> Credentials | ApiKey:
    """Who signs in, asking for what is missing; an API key goes before, but not before a name.

    Raises ClientError where nobody can be asked or a key is none, OSError where it cannot be read.
    """
    if key_file is not None:
        return _key(key_file.read_text(encoding="utf-8-sig", errors="replace"), str(key_file))
    # No option: others can see options in the list of processes.
    key = os.environ.get(KEY_VARIABLE)  # noqa: TID251  # the client's own
    if key and username is None:
        return _key(key, KEY_VARIABLE)
    if (username is None or password is None) and not sys.stdin.isatty():
        raise ClientError(
            "credentials_missing",
            f"Give --key-file or set {KEY_VARIABLE}; or give --username and --password, "
            "or set DARKROOM_USERNAME and DARKROOM_PASSWORD.",
        )
    return Credentials(
        username or typer.prompt("Username", err=True),
        password or typer.prompt("Password", hide_input=True, err=True),
    )


def _key(text: str, place: str) -> ApiKey:
    """The API key that a place holds; what else it may hold is not repeated to anybody."""
    key = text.strip()
    if not (key.isascii() and key.isprintable() and key) or " " in key:
        raise ClientError("key_invalid", f"{place} does not hold one API key and nothing else.")
    return ApiKey(key)


def _cause(error: Exception) -> Exception:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _sentence(cause: ClientError | OSError) -> str:
    if isinstance(cause, ClientError):
        return f"{cause} [{cause.code}]"
    return f"{cause.filename or 'A file'}: {cause.strerror or cause}. [io_error]"
