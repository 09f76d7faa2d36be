"""Who may read the metrics."""

import pytest

from consumers.metrics.access import is_forwarded, may_read


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_needs_no_token(address: str) -> None:
    assert may_read(address, "", "")
    assert may_read(address, "", "secret")


@pytest.mark.parametrize(
    "address",
    ["10.0.0.7", "192.168.1.4", "2001:db8::1", "::ffff:10.0.0.7", "fe80::1%eth0", "", None],
)
def test_another_machine_needs_the_token(address: str | None) -> None:
    assert not may_read(address, "", "secret")
    assert not may_read(address, "Bearer wrong", "secret")
    assert not may_read(address, "secret", "secret")
    assert may_read(address, "Bearer secret", "secret")


def test_no_token_opens_nothing() -> None:
    assert not may_read("10.0.0.7", "Bearer ", "")
    assert not may_read("10.0.0.7", "", "")


def test_a_token_that_is_not_ascii_is_compared_all_the_same() -> None:
    assert not may_read("10.0.0.7", "Bearer \xff\u2713", "secret")
    assert may_read("10.0.0.7", "Bearer gehe\u00efm", "gehe\u00efm")


@pytest.mark.parametrize(
    "header",
    [
        *("x-forwarded-for", "x-forwarded-proto", "x-forwarded-anything", "forwarded", "via"),
        *("x-real-ip", "true-client-ip", "cf-connecting-ip", "cf-ray", "cdn-loop"),
        *("x-envoy-external-address", "fastly-client-ip", "x-amzn-trace-id", "x-azure-clientip"),
    ],
)
def test_a_proxy_is_known_by_what_it_adds(header: str) -> None:
    assert is_forwarded({"host": "localhost", header: ""})


def test_a_scraper_and_a_person_on_this_machine_are_no_proxy() -> None:
    own = ("host", "accept", "accept-encoding", "authorization", "user-agent", "connection")
    scraper = ("x-prometheus-scrape-timeout-seconds", "x-request-id", "traceparent", "cookie")
    assert not is_forwarded(dict.fromkeys((*own, *scraper), "x"))
