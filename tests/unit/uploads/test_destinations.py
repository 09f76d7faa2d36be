"""Which addresses webhooks may be sent to."""

import pytest

from uploads.webhooks import destinations


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("127.8.8.8", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("192.0.0.192", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("239.255.255.250", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("ff0e::1", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_what_is_on_the_internet(address: str, public: bool) -> None:
    assert destinations.is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://:443/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com\\@127.0.0.1/",
        "https://exa mple.com/",
        "https://example.com/\n",
        "https://[::1/",
        "https://127.0.0.1/",
        "https://[::ffff:169.254.169.254]/",
        "https://LOCALHOST./",
        "https://2130706433/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0/",
        "https://metadata.google.internal/",
        "https://bücher.example/",
        f"https://example.com/{'x' * 1000}",
    ],
)
def test_what_nothing_is_sent_to(url: str) -> None:
    assert destinations.problem(url, private_allowed=False).endswith(".")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?token=a",
        "https://example.com:8443",
        "https://93.184.215.14/",
        "https://1.example.com/",
        "https://web1/",
    ],
)
def test_what_may_be_tried(url: str) -> None:
    assert destinations.problem(url, private_allowed=False) == ""


@pytest.mark.parametrize(
    "host", ["a..example", ".example", "example..", "x" * 64, "x." * 127 + "y"]
)
@pytest.mark.parametrize("private_allowed", [False, True])
def test_a_name_that_no_host_can_have_is_no_address(host: str, private_allowed: bool) -> None:
    told = destinations.problem(f"https://{host}/", private_allowed=private_allowed)
    assert told.startswith("This is no address")


@pytest.mark.parametrize("host", ["x" * 63, "x." * 126 + "x", "example.", "[2606:2800:220:1::1]"])
def test_the_longest_names_may_be_tried(host: str) -> None:
    assert destinations.problem(f"https://{host}/", private_allowed=False) == ""
