"""Settings that cannot work well are told at the start."""

from types import SimpleNamespace

import pytest

from project import checks


@pytest.mark.parametrize(("incoming", "found"), [(512_000_000, ["project.E002"]), (10**9, [])])
def test_what_may_arrive_in_all_holds_the_largest_upload(
    monkeypatch: pytest.MonkeyPatch, incoming: int, found: list[str]
) -> None:
    monkeypatch.setattr(checks, "env", lambda: SimpleNamespace(max_incoming_bytes=incoming))
    assert [message.id for message in checks.the_largest_upload_fits()] == found
