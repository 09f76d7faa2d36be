"""What can go wrong between here and a server, told apart by what may follow."""

from typing import Self

from inference.engine.remote_config import RemoteConfig


class Trouble(Exception):
    """Base of what a call to a server can end in; the message is one sentence for operators."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)

    def without(self, secret: str) -> Self:
        """The same; a server may have repeated the secret that it was sent."""
        if secret:
            self.message = self.message.replace(secret, "…")
        return self


class Away(Trouble):
    """The server is not to be used now: whatever it is asked."""


class Broken(Away):
    """It went away over a request, perhaps by what it was sent."""


class Slow(Trouble):
    """It did not answer in time."""


class Refused(Trouble):
    """It answered with an error, or with what makes no sense."""


class Absent(Refused):
    """It does not know what it was asked for."""


def slow(seconds: float) -> Slow:
    """It took longer than it may."""
    return Slow(f"it did not answer within {seconds:g} seconds.")


def token_refused(config: RemoteConfig, words: str) -> Away:
    """It wants another token, or one at all."""
    if config.token:
        return Away(f"it refuses the token ({words}).")
    return Away(f"it wants a token ({words}): name one as remote.token.")
