"""Who calls, and what the data plane needs from those who know people and other workers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Caller:
    """Who a token speaks for."""

    user_id: int
    may_manage: bool
    """Whether they may load and unload models."""
    calls_per_minute: int = 0
    """How many calls they may make; 0: no limit."""


class Authenticate(Protocol):
    """Tells whose a token is."""

    async def __call__(self, token: str, address: str | None) -> Caller:
        """Who this token speaks for; `address` is the IP address that it comes from, if it has one.

        Raises:
            ProtocolError: UNAUTHENTICATED, RESOURCE_EXHAUSTED where too many from this address
                were, or UNAVAILABLE where that cannot be told now.
        """


RefuseHost = Callable[[str], str]
"""Why nothing is served under this Host of HTTP; empty: it is."""


class CrossOrigin(Protocol):
    """What browsers are told of pages of other origins, in headers of answers."""

    def of_answer(self, path: str, origin: str | None) -> Mapping[str, str]:
        """The headers that any answer has, so that a page of this origin may read it."""

    def of_preflight(
        self, method: str, path: str, origin: str | None, asked_method: str | None
    ) -> Mapping[str, str] | None:
        """The headers of the whole answer to a browser that asks before it sends; None: no such."""


class Control(Protocol):
    """Loads and unloads models wherever they are served."""

    async def load(self, name: str, user_id: int) -> None:
        """Have a model's folder read anew and served; returns when it is.

        Raises:
            ProtocolError: there is no such model, or it could not be loaded, which it explains.
        """

    async def unload(self, name: str, user_id: int) -> None:
        """Have a model finish what is in flight and let go of it; returns when it has.

        Raises:
            ProtocolError: there is no such model, or it is not done in time.
        """


class Meter(Protocol):
    """Counts what is used; must be quick and must not raise."""

    def count(
        self,
        user_id: int,
        model: str,
        version: str,
        protocol: str,
        *,
        items: int,
        failed: bool,
        compute_ns: int,
    ) -> None:
        """Note one request: its places in a batch, and its share of their time."""


def credential(authorization: str) -> str:
    """The token or API key of an Authorization header; empty: it has none.

    Which of the two it is can be seen by itself.
    """
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() in {"bearer", "api-key"} else ""
