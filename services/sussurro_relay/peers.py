"""The clients of one I/O thread: by their descriptor, and by the room whose news they wait for."""

import select

from sussurro_relay.connection import Connection
from sussurro_relay.room import Room
from sussurro_relay.transport import Transport


class Peer:
    """A socket and its connection. Belongs to the I/O thread."""

    __slots__ = ("address", "connection", "interest", "room", "socket")

    def __init__(self, sock: Transport, address: str) -> None:
        self.socket = sock
        self.address = address
        self.connection: Connection
        self.room: Room | None = None  # whose news it waits for; set by `Peers.move`
        self.interest = select.EPOLLIN


class Peers:
    """All who are here. Belongs to the I/O thread."""

    __slots__ = ("_members", "by_descriptor")

    def __init__(self) -> None:
        self.by_descriptor: dict[int, Peer] = {}
        self._members: dict[Room, dict[Peer, None]] = {}  # the latter in the order of arrival

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
        if peer.room is not None:
            members = self._members[peer.room]
            del members[peer]
            if not members:
                del self._members[peer.room]
        peer.room = room
        if room is not None:
            self._members.setdefault(room, {})[peer] = None

    def all(self) -> tuple[Peer, ...]:
        """Return all, whatever happens to them meanwhile."""
        return tuple(self.by_descriptor.values())

    def of(self, room: Room) -> tuple[Peer, ...]:
        """Return those who wait for a room's news, whatever happens to them meanwhile."""
        return tuple(self._members.get(room, ()))
