"""Who makes an HTTP request, from where and with which client."""

from django.http import HttpRequest
from rest_framework.request import Request

from uploads import addresses
from uploads.events import Actor
from uploads.models import User
from uploads.sign_in.identity import Identity


def actor_of(request: Request | HttpRequest, *, reason: str = "") -> Actor:
    """Who makes this request, and why; a user only where one is signed in."""
    user = request.user if isinstance(request.user, User) else None
    return Actor(
        id=user.pk if user else None,
        address=address_of(request),
        client=client_of(request),
        reason=reason,
    )


def sender_of(request: HttpRequest) -> Actor:
    """Who sends this request, before it is known whom it speaks for."""
    return Actor(None, address_of(request), client_of(request))


def client_of(request: Request | HttpRequest) -> str:
    """What the client calls itself, after the key that it has come with, if it has one."""
    identity = request.auth if isinstance(request, Request) else None
    agent = request.headers.get("User-Agent", "")
    return client_by(identity, agent) if isinstance(identity, Identity) else agent


def client_by(identity: Identity, agent: str) -> str:
    """How the audit names a client that calls itself so."""
    return agent if identity.key is None else f"{identity.key.prefix} {agent}"


def address_of(request: Request | HttpRequest) -> str | None:
    """The client's address. The web server has put there what trusted proxies say."""
    return addresses.storable(request.META.get("REMOTE_ADDR"))
