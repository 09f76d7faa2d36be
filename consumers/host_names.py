"""Which host names Darkroom answers to, by whichever process."""

from typing import Final

from django.conf import settings
from django.http.request import split_domain_port, validate_host

_SHOWN: Final = 255


def refuse_host(host: str) -> str:
    """Why nothing is served under this value of `Host`; empty: it is."""
    domain, _ = split_domain_port(host)
    if domain and validate_host(domain, settings.ALLOWED_HOSTS):
        return ""
    return not_served(host)


def not_served(host: str) -> str:
    """One sentence that says what to do about this value of `Host`."""
    return (
        f"This server does not answer to the host name '{host[:_SHOWN]}': "
        "whoever runs it can add that to ALLOWED_HOSTS."
    )
