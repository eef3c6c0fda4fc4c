"""The clients of one I/O thread: by their descriptor, and by the room whose news they wait for."""

from sussurro_relay.audience import Audience
from sussurro_relay.peer import Peer
from sussurro_relay.room import Room


class Peers:
    """All who are here. Belongs to the I/O thread."""

    __slots__ = ("_audiences", "by_descriptor")

    def __init__(self) -> None:
        self.by_descriptor: dict[int, Peer] = {}
        self._audiences: dict[Room, Audience] = {}

    def __len__(self) -> int:
        """How many are here."""
        return len(self.by_descriptor)

    def add(self, peer: Peer) -> None:
        """Take in a client that is in no room yet."""
        self.by_descriptor[peer.socket.fileno()] = peer

    def remove(self, peer: Peer) -> bool:
        """Forget a client whose socket is still open; return whether it was here."""
        if self.by_descriptor.pop(peer.socket.fileno(), None) is None:
            return False
        self.move(peer, None)
        return True

    def move(self, peer: Peer, room: Room | None) -> None:
        """Take note which room's news a client waits for now."""
        audience, peer.audience = peer.audience, None
        if audience is not None:
            audience.remove(peer)
            if not audience:
                del self._audiences[audience.room]
        if room is not None:
            peer.audience = self._audiences.setdefault(room, Audience(room))
            peer.audience.add(peer)

    def all(self) -> tuple[Peer, ...]:
        """Return all, whatever happens to them meanwhile."""
        return tuple(self.by_descriptor.values())

    def audience(self, room: Room) -> Audience | None:
        """Return those who wait for a room's news; None: nobody does."""
        return self._audiences.get(room)
