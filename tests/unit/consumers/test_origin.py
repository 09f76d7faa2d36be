"""Which pages may open the websocket: origins are compared by what they mean."""

import pytest

from consumers.socket.origin import OriginGate

OWN = OriginGate(None, [])


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://photos.example", "photos.example"),
        ("http://photos.example", "photos.example"),
        ("https://photos.example", "photos.example:443"),
        ("http://photos.example", "photos.example:80"),
        ("https://photos.example:443", "photos.example"),
        ("http://photos.example:8000", "photos.example:8000"),
        ("https://Photos.Example", "PHOTOS.example"),
        ("https://photos.example.", "photos.example"),
        ("https://photos.example", "photos.example.:443"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://[::1]", "[::1]:80"),
        ("https://[2001:DB8::1]", "[2001:db8:0:0::1]:443"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example:443"),
    ],
)
def test_a_page_may_connect_to_the_host_it_is_from(origin: str, host: str) -> None:
    assert OWN.permits(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://elsewhere.example", "photos.example"),
        ("https://photos.example", "photos.example:80"),
        ("http://photos.example", "photos.example:443"),
        ("https://photos.example:8443", "photos.example"),
        ("http://photos.example", "photos.example:8000"),
        ("https://photos.example.evil.example", "photos.example"),
        ("https://photos.example@evil.example", "photos.example"),
        ("https://evil.example", "photos.example@evil.example"),
        ("https://photos.example/path", "photos.example"),
        ("https://photos.example..", "photos.example"),
        ("ftp://photos.example", "photos.example"),
        ("null", "photos.example"),
        ("", ""),
        ("https://", ""),
        ("https://photos.example", ""),
        ("https://[::1", "[::1"),
        ("https://photos.example:x", "photos.example:x"),
        ("https://photos.example:99999", "photos.example:99999"),
        ("http://[::2]:8000", "[::1]:8000"),
        ("\xff\xfe", "photos.example"),
    ],
)
def test_another_page_may_not(origin: str, host: str) -> None:
    assert not OWN.permits(origin, host)


@pytest.mark.parametrize("setting", ["https://photos.example", "https://PHOTOS.example:443/"])
def test_a_list_of_origins_is_compared_in_the_same_way(setting: str) -> None:
    gate = OriginGate(None, [setting])
    for origin in ("https://photos.example", "https://photos.example.", "https://Photos.example"):
        assert gate.permits(origin, "behind.internal:8000")
    for origin in ("http://photos.example", "https://behind.internal:8000", "null", ""):
        assert not gate.permits(origin, "behind.internal:8000")


def test_a_list_in_which_nothing_is_an_origin_permits_nothing() -> None:
    assert not OriginGate(None, ["photos.example"]).permits("https://a.example", "a.example")
