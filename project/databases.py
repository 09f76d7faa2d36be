"""Which database there is, and how it is used: SQLite in a file, or a server of PostgreSQL."""

from typing import Any, Final

import dj_database_url

from project.env import Env

# Under ASGI connections belong to a pool, not to threads that come and go. One that cannot be
# opened is tried again soon, however long the server was away.
_POOL: Final = {"min_size": 1, "max_size": 16, "timeout": 10, "reconnect_timeout": 5}
# What comes again and again is planned once: planning took PostgreSQL longer than all else that it
# does for a photo.
_PREPARED: Final = {"server_side_binding": True, "prepare_threshold": 3}
# A link that is cut says nothing: without these, whoever waits for an answer waits for hours. All
# within a lease, so that a worker's next connection renews it. In seconds, but for the last.
_DEAD_LINK: Final = {
    "connect_timeout": 3,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8_000,
}
# The server lets go of the rows that a session has locked whose client is gone.
_TOLD_TO_SERVER: Final = (
    "-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=8000 -c idle_in_transaction_session_timeout=60000"
)


def databases(env: Env) -> dict[str, dict[str, Any]]:
    """Django's setting DATABASES for this environment."""
    if env.is_embedded:
        return {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(env.data_dir / "darkroom.sqlite3"),
                # A connection lives with its thread.
                "CONN_MAX_AGE": None,
                # A file, as in earnest: an in-memory database has other locks.
                "TEST": {"NAME": str(env.data_dir / "test.sqlite3")},
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": (
                        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    ),
                },
            }
        }
    server: dict[str, Any] = {**dj_database_url.parse(env.database_url, conn_health_checks=True)}
    given = server.get("OPTIONS", {})
    told = " ".join(filter(None, [given.get("options", ""), _TOLD_TO_SERVER]))
    server["OPTIONS"] = {**_PREPARED, **_DEAD_LINK, **given, "options": told, "pool": _POOL}
    return {"default": server}
