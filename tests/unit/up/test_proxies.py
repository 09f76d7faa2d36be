"""The client's address and scheme, as proxies of ours have written them down."""

import pytest

from project.server.proxies import client_address, client_scheme


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3.4:5555", "1.2.3.4"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("unknown", None),
        ("1.2.3.4:", None),
        ("1.2.3.4:port", None),
        ("[2001:db8::1", None),
        ("", None),
    ],
)
def test_an_address_is_read_with_and_without_its_port(entry: str, address: str | None) -> None:
    assert client_address([entry.encode()], trusted=1) == address


def test_only_what_trusted_proxies_wrote_is_believed() -> None:
    forwarded = [b"9.9.9.9, 1.1.1.1", b"2.2.2.2:80"]
    assert client_address(forwarded, trusted=0) is None
    assert client_address(forwarded, trusted=1) == "2.2.2.2"
    assert client_address(forwarded, trusted=2) == "1.1.1.1"
    assert client_address(forwarded, trusted=9) == "9.9.9.9"
    assert client_address(["é".encode()], trusted=1) is None


def test_a_scheme_is_one_of_two() -> None:
    assert client_scheme([b"https, http"], trusted=1) == "http"
    assert client_scheme([b"gopher"], trusted=1) is None
