"""Who a request speaks for."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from uploads.models import ApiKey, Scope, User


@dataclass(frozen=True)
class Identity:
    """A user, and by what a request speaks for them: a sign-in or a key, exactly one of them."""

    user: User
    sid: uuid.UUID | None
    expires_at: datetime | None
    """None: a key that does not expire."""
    key: ApiKey | None = None

    def may(self, scope: Scope) -> bool:
        """Whether it reaches so far: a sign-in reaches everywhere."""
        return self.key is None or scope in self.key.scopes
