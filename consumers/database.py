"""Database calls from asynchronous code that lives long."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connections

from consumers.metrics import failures
from uploads.threads import run_in

P = ParamSpec("P")
T = TypeVar("T")

TRANSIENT_DATABASE_ERRORS: Final = (OperationalError, InterfaceError)
"""What a database that is away raises: nobody's fault, and worth another try.

What it refuses (a value, a constraint) it refuses the next time as well.
"""
ANY_ERROR: Final = (DatabaseError, InterfaceError)
"""Whatever a database says in place of a result: for what asks anew each time, and for borders."""

_THREADS: Final = 4
# Not asgiref's one thread for all: a slow query must not hold up every socket of the process.
_executor: Final = ThreadPoolExecutor(_THREADS, thread_name_prefix="database")


async def in_database(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a call that talks to the database in one of a few threads of its own.

    Each thread keeps its connection; one that is in trouble is dropped, so that the
    next call begins with a sound one.
    """
    return await run_in(_executor, _run, partial(call, *args, **kwargs))


def _run(call: Callable[[], T]) -> T:
    try:
        return call()
    except TRANSIENT_DATABASE_ERRORS:
        failures.DATABASE.inc()
        connections.close_all()
        raise


def with_connection(call: Callable[[], T]) -> T:
    """Makes a call in a thread that rarely asks the database: it keeps no connection to it."""
    try:
        return call()
    finally:
        connections.close_all()
