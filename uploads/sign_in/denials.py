"""Why somebody is not let in, or may not do what they ask."""

import math
from datetime import timedelta

from uploads.errors import UploadsError


class TooManyFailures(UploadsError):
    """Too many failed sign-ins: try again later."""

    code = "throttled"

    def __init__(self, wait: timedelta) -> None:
        self.retry_after = max(1, math.ceil(wait.total_seconds()))
        seconds = "second" if self.retry_after == 1 else "seconds"
        super().__init__(f"Too many failed sign-ins: try again in {self.retry_after} {seconds}.")


class PasswordsBusy(UploadsError):
    """Many passwords are being checked at the moment: try again in a few seconds."""

    code = "busy"


class WrongPassword(UploadsError):
    """This is not your password."""

    code = "wrong_password"


class RegistrationClosed(UploadsError):
    """Registration is closed on this server."""

    code = "registration_closed"


class NotForKeys(UploadsError):
    """An API key cannot do this: sign in."""

    code = "not_for_keys"


class ScopeMissing(UploadsError):
    """This API key lacks the scope for that."""

    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This API key lacks the scope '{scope}'.")
