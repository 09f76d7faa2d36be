"""From the stream to the client: hints and polls that say "look", and a socket that reads.

After `consumers.socket.feed` and `consumers.socket.connected`. The socket reads on when what it
sent has arrived, which stands for its window. Left out: acknowledgements, retention.
"""

from collections.abc import Iterator

from tests.chaos.explorer.state import Client, World
from tests.chaos.explorer.step import Action, Happening, Name

PAGE = 1
"""Events that the socket reads at once."""


class Delivery:
    """The rules as they are meant."""

    def happenings(self, world: World, client: Client) -> Iterator[Happening]:
        """Everything that can happen between the database and the client now."""
        if client.hint:
            yield Action(Name.HINT), self._with(world, self.hinted(client))
            yield Action(Name.HINT_LOST), self._with(world, client._replace(hint=0))
        if not client.connected:
            yield Action(Name.CONNECT), self._with(world, self.joined(client))
            return
        if self.may_poll and world.counter > client.sent:
            yield Action(Name.POLL), self._with(world, client._replace(news=True))
        if client.news and not client.wire:
            yield Action(Name.SEND), self._with(world, self.read(world, client))
        if client.wire:
            first, *rest = client.wire
            received = (*client.received, first)
            got = client._replace(received=received, wire=tuple(rest))
            yield Action(Name.RECEIVE), self._with(world, got)
        if world.disturbances:
            gone = self.left(client)
            yield Action(Name.DISCONNECT), self._with(world.disturbed(), gone)

    may_poll = True
    """Whether sockets are brought up to date now and then without a hint."""

    def hinted(self, client: Client) -> Client:
        """The socket after a hint, which is still under way, so that it may come again."""
        if client.connected and client.hint > client.sent:
            return client._replace(news=True)
        return client

    def joined(self, client: Client) -> Client:
        """The client comes (again), and says what it has received; the socket looks at once."""
        return client._replace(connected=True, news=True, sent=self.resumes_after(client))

    def resumes_after(self, client: Client) -> int:
        """What a client says it has."""
        return client.received[-1] if client.received else 0

    def read(self, world: World, client: Client) -> Client:
        """The socket after it has read one page and sent it."""
        page = tuple(seq for seq in world.stream if seq > client.sent)[:PAGE]
        sent = page[-1] if page else client.sent
        return client._replace(news=len(page) == PAGE, sent=sent, wire=client.wire + page)

    def left(self, client: Client) -> Client:
        """The connection is cut: what was on its way is lost."""
        return client._replace(connected=False, news=False, wire=())

    def _with(self, world: World, client: Client) -> World:
        return world._replace(client=client)
