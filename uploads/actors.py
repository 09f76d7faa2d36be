"""Who makes an HTTP request, from where and with which client."""

from django.http import HttpRequest
from rest_framework.request import Request

from uploads import addresses
from uploads.events import Actor
from uploads.models import User


def actor_of(request: Request | HttpRequest, *, reason: str = "") -> Actor:
    """Who makes this request, and why; a user only where one is signed in."""
    user = request.user if isinstance(request.user, User) else None
    return Actor(
        id=user.pk if user else None,
        address=address_of(request),
        client=client_of(request),
        reason=reason,
    )


def client_of(request: Request | HttpRequest) -> str:
    """What the client calls itself."""
    return request.headers.get("User-Agent", "")


def address_of(request: Request | HttpRequest) -> str | None:
    """The client's address. The web server has put there what trusted proxies say."""
    return addresses.storable(request.META.get("REMOTE_ADDR"))
