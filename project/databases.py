"""Which database there is, and how it is used: SQLite in a file, or a server of PostgreSQL."""

from typing import Any

import dj_database_url

from project.env import Env


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
    # Under ASGI connections belong to a pool, not to threads that come and go.
    pool = {"min_size": 1, "max_size": 16, "timeout": 10}
    server["OPTIONS"] = {**server.get("OPTIONS", {}), "pool": pool}
    return {"default": server}
