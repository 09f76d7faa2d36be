"""How much of the server one address may hold at a time."""

from collections import Counter

from uploads.addresses import network_of


class Place:
    """What a client holds until it leaves; leaving twice is leaving once."""

    def __init__(self, clients: "Clients", network: str) -> None:
        self._clients: Clients | None = clients
        self._network = network

    def leave(self) -> None:
        """Gives the place back."""
        if self._clients is not None:
            self._clients.left(self._network)
            self._clients = None


class Clients:
    """Gives each address at most `limit` places."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: Counter[str] = Counter()

    def enter(self, address: str | None) -> Place | None:
        """A place for this address; None: it holds as many as it may."""
        network = network_of(address)
        if self._held[network] >= self.limit:
            return None
        self._held[network] += 1
        return Place(self, network)

    def left(self, network: str) -> None:
        """A place is free again."""
        self._held[network] -= 1
        if not self._held[network]:
            del self._held[network]
