"""Which hosts a worker's own HTTP answers to: those of the web."""

from typing import Any

import pytest

from consumers.host_names import refuse_host


@pytest.mark.parametrize(
    ("host", "is_served"),
    [
        ("photos.example", True),
        ("photos.example:8201", True),
        ("PHOTOS.example", True),
        ("[::1]:8201", True),
        ("evil.example", False),
        ("photos.example.evil.example", False),
        ("", False),
        ("photos.example\0", False),
        ("photos.example, evil.example", False),
    ],
)
def test_a_host_is_served_if_it_is_allowed(settings: Any, host: str, *, is_served: bool) -> None:
    settings.ALLOWED_HOSTS = ["photos.example", "[::1]"]
    assert bool(refuse_host(host)) is not is_served


def test_a_refusal_says_what_to_do_and_is_short(settings: Any) -> None:
    settings.ALLOWED_HOSTS = []
    assert "ALLOWED_HOSTS" in refuse_host("e" * 5000)
    assert len(refuse_host("e" * 5000)) < 400
