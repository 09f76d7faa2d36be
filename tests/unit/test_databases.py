"""What a connection to PostgreSQL is told, so that a link that is cut is noticed within a lease."""

from typing import Any

from project.databases import databases
from project.env import Env


def options(**given: Any) -> dict[str, Any]:
    """The options of a connection to a server somewhere."""
    found: dict[str, Any] = databases(Env(_env_file=None, **given))["default"]["OPTIONS"]
    return found


def test_a_link_that_is_cut_is_noticed_at_both_ends_before_a_lease_runs_out() -> None:
    told = options(database_url="postgres://db.example/darkroom")
    silent = told["keepalives_idle"] + told["keepalives_interval"] * told["keepalives_count"]
    lease = Env(_env_file=None).lease_seconds
    assert max(silent, told["tcp_user_timeout"] / 1000) + told["connect_timeout"] < lease / 2
    for name in ("tcp_keepalives_idle", "tcp_user_timeout", "idle_in_transaction_session_timeout"):
        assert f"-c {name}=" in told["options"]
    assert told["pool"]["reconnect_timeout"] < lease / 2


def test_what_the_address_itself_says_goes_before() -> None:
    url = "postgres://db.example/darkroom?tcp_user_timeout=1000&prepare_threshold=9&options=-c%20search_path%3Dours"
    told = options(database_url=url)
    assert told["prepare_threshold"] == 9
    assert int(told["tcp_user_timeout"]) == 1000
    assert told["options"].startswith("-c search_path=ours -c tcp_keepalives_idle=")
