"""Whom a credential speaks for, be it an access token or an API key."""

from uploads.events import Actor
from uploads.models import ApiKey
from uploads.sign_in import keys, tokens
from uploads.sign_in.identity import Identity


def identify(credential: str, actor: Actor) -> Identity:
    """Whom this token or key speaks for; `actor` is who sends it, as far as that is known.

    Raises:
        InvalidKey, InvalidToken: it is none that counts.
        EndedSession: the token's sign-in has ended.
        TooManyFailures: it is wrong, as others from this address were.
    """
    if keys.is_key(credential):
        return keys.identify(credential, actor)
    return tokens.identify(credential, actor)


def is_live(identity: Identity) -> bool:
    """Whether the sign-in or the key still counts."""
    if identity.key is not None:
        return ApiKey.live(pk=identity.key.pk).exists()
    return identity.sid is not None and tokens.is_live(identity.sid)
