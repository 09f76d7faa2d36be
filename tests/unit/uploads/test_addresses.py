"""Addresses as they are stored."""

import pytest

from uploads.events import Actor


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
def test_whoever_acts_has_an_address_that_every_database_keeps(
    sent: str | None, kept: str | None
) -> None:
    assert Actor(address=sent).address == kept
