"""Settings that are addresses: what a typing error would make of them is said at the start.

Each check gives back what it was given, or raises ValueError with what the setting should be; the
empty text, which stands for a default, passes all of them.
"""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

_DATABASES = ("postgres", "postgresql", "pgsql")
_REDIS = ("redis", "rediss", "unix")


def _checked(check: Callable[[SplitResult], bool], expected: str) -> Callable[[str], str]:
    def url(given: str) -> str:
        try:
            if not given or check(urlsplit(given)):
                return given
        except ValueError:
            pass  # a port that is no number, a bracket that is not closed
        raise ValueError(expected)

    return url


def _is_database(url: SplitResult) -> bool:
    return url.scheme in _DATABASES and url.port != 0 and len(url.path) > 1


def _is_redis(url: SplitResult) -> bool:
    where = url.path if url.scheme == "unix" else url.hostname
    return url.scheme in _REDIS and url.port != 0 and bool(where)


def _is_http(url: SplitResult) -> bool:
    return url.scheme in ("http", "https") and url.port != 0 and bool(url.hostname)


def _is_origin(url: SplitResult) -> bool:
    return _is_http(url) and url.path in ("", "/") and not (url.query or url.fragment)


def _is_host(host: str) -> bool:
    is_ipv6 = host.startswith("[") and host.endswith("]")
    return "/" not in host and (is_ipv6 or ":" not in host)


def _each(check: Callable[[str], bool], expected: str) -> Callable[[str], str]:
    def listed(given: str) -> str:
        if all(check(one.strip()) for one in given.split(",") if one.strip()):
            return given
        raise ValueError(expected)

    return listed


def _is_listed_origin(text: str) -> bool:
    try:
        return _is_origin(urlsplit(text))
    except ValueError:
        return False


DatabaseUrl = Annotated[
    str,
    AfterValidator(
        _checked(_is_database, "should be postgres://USER:PASSWORD@HOST:5432/NAME, or be empty")
    ),
]
RedisUrl = Annotated[
    str, AfterValidator(_checked(_is_redis, "should be redis://HOST:6379/0, or be empty"))
]
HttpUrl = Annotated[
    str, AfterValidator(_checked(_is_http, "should begin with http:// or https://, and a host"))
]
Origins = Annotated[
    str,
    AfterValidator(
        _each(_is_listed_origin, "should be origins such as https://photos.example, by commas")
    ),
]
HostNames = Annotated[
    str,
    AfterValidator(
        _each(_is_host, "should be names such as photos.example, by commas: no scheme, no port")
    ),
]
