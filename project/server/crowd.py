"""Who may be connected: so many in all, so many of one address; who waits longest makes room."""

from collections import OrderedDict
from typing import Protocol

from project.server.clients import Clients, Place
from uploads.addresses import network_of


class Waiting(Protocol):
    """A connection without a request."""

    def make_room(self) -> None:
        """Closes it, so that another one has its places."""


class Crowd:
    """Gives places to connections.

    Where there is none, the connection that has waited longest for a request is closed first: a
    client with a request that arrives or is answered is never interrupted, and whoever opens
    connections to leave them silent closes their own.
    """

    def __init__(self, *, in_all: int, of_an_address: int) -> None:
        self._all = Clients(in_all)
        self._clients = Clients(of_an_address)
        self._waiting: OrderedDict[Waiting, str] = OrderedDict()
        self._of: dict[str, OrderedDict[Waiting, None]] = {}

    @property
    def of_an_address(self) -> int:
        """How many places an address has."""
        return self._clients.limit

    def enter(self) -> Place | None:
        """A place among all; None: each has a request."""
        place = self._all.enter(None)
        if place is None and (longest := next(iter(self._waiting), None)):
            longest.make_room()
            place = self._all.enter(None)
        return place

    def enter_address(self, address: str | None, *, holds_while_waiting: bool) -> Place | None:
        """A place among those of an address; None: each of its connections has a request.

        `holds_while_waiting`: connections keep this place while they wait, and may so make room.
        """
        place = self._clients.enter(address)
        mine = self._of.get(network_of(address)) if holds_while_waiting else None
        if place is None and mine:
            next(iter(mine)).make_room()
            place = self._clients.enter(address)
        return place

    def waits(self, one: Waiting, address: str | None) -> None:
        """This connection begins to wait for a request."""
        self.waits_no_more(one)
        network = network_of(address)
        self._waiting[one] = network
        self._of.setdefault(network, OrderedDict())[one] = None

    def waits_no_more(self, one: Waiting) -> None:
        """It has a request, or is gone."""
        network = self._waiting.pop(one, None)
        if network is not None:
            del self._of[network][one]
            if not self._of[network]:
                del self._of[network]
