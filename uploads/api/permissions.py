"""How far a request reaches: a sign-in everywhere, an API key as far as its scopes."""

from typing import Any, Final

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from uploads.models import Scope
from uploads.sign_in.denials import NotForKeys, ScopeMissing
from uploads.sign_in.identity import Identity

BY_PEOPLE: Final[Any] = [{"bearer": []}]
"""What the OpenAPI document says of who may make calls that are `ForPeople`."""


class Reaches(IsAuthenticated):
    """Somebody is signed in, or has a key with the scope; see also `ForPeople`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on.

        Raises:
            NotForKeys, ScopeMissing: it comes with a key that does not reach so far.
        """
        if not super().has_permission(request, view):
            return False
        identity = request.auth
        if isinstance(identity, Identity) and identity.key is not None:
            self.require(identity, Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)
        return True

    def require(self, identity: Identity, scope: Scope) -> None:
        """Raises ScopeMissing where a key lacks the scope."""
        if not identity.may(scope):
            raise ScopeMissing(scope)


class Reads(Reaches):
    """What is read by a POST, since it takes so many words to say what."""

    def require(self, identity: Identity, scope: Scope) -> None:
        """Raises ScopeMissing where a key may not read."""
        super().require(identity, Scope.READ)


class ForPeople(Reaches):
    """Somebody is signed in: what a key opens would outlive the key, or make more of them."""

    def require(self, identity: Identity, scope: Scope) -> None:
        """Raises NotForKeys."""
        raise NotForKeys
