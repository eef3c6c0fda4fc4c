"""The members of one room whom one I/O thread serves.

Whoever keeps up is *in step*: all of them stand at one position of the window and
share one cursor, so that a batch costs each of them one send and nothing else.
Whoever does not keep up (it has just come, it has spoken itself, its socket is
full) is a *stray* with a cursor of its own, until it stands where the others do.
Belongs to its thread.
"""

from sussurro_relay.peer import Peer
from sussurro_relay.room import Room
from sussurro_relay.window import Batch


class Audience:
    """Who is in step, where they stand, and who is not."""

    __slots__ = ("_position", "_seq", "in_step", "room", "strays")

    def __init__(self, room: Room) -> None:
        self.room = room
        self.in_step: dict[str, Peer] = {}  # by session
        self.strays: dict[Peer, None] = {}  # in the order in which they became so
        self._position = 0  # of all in step, in the room's window
        self._seq = 0  # the last chunk that they passed together

    def __len__(self) -> int:
        """How many they are."""
        return len(self.in_step) + len(self.strays)

    @property
    def is_behind(self) -> bool:
        """Whether there is more for those in step."""
        return bool(self.in_step) and self._position != self.room.head

    def add(self, peer: Peer) -> None:
        """Take in a member, which is a stray at first."""
        self.strays[peer] = None

    def remove(self, peer: Peer) -> None:
        """Let a member go."""
        self._take_out(peer)
        self.strays.pop(peer, None)

    def step_in(self, peer: Peer) -> None:
        """Let a stray to whom nothing is due keep step, if it stands where the others do."""
        if peer not in self.strays or (place := peer.connection.place) is None:
            return
        if not self.in_step:
            self._position, self._seq = place, 0
        if place == self._position:
            del self.strays[peer]
            self.in_step[peer.connection.session] = peer
            peer.connection.step_in()

    def step_out(self, peer: Peer) -> None:
        """Give a member its own cursor again; harmless when it has one."""
        if self._take_out(peer):
            self.strays[peer] = None
            peer.connection.step_out(self._position, self._seq)

    def _take_out(self, peer: Peer) -> bool:
        was_in_step = self.in_step.pop(peer.connection.session, None) is not None
        if was_in_step and not self.in_step:
            self.room.forget(self)
        return was_in_step

    def disperse(self) -> None:
        """Give each its own cursor."""
        for peer in tuple(self.in_step.values()):
            self.step_out(peer)

    def next_batch(self) -> Batch | None:
        """Go on by one batch, which whoever is left in step must be sent; None: there is none.

        Those who have spoken in it fall out of step before it, or behind it where
        nobody else has; all of them do where the window has passed them by.
        """
        if not self.is_behind:
            return None
        batch = self.room.shared_batch(self._position, self)
        if batch is None:
            self.disperse()
            return None
        for session in batch.origins:
            speaker = self.in_step.get(session)
            if speaker is not None:
                self.step_out(speaker)
                if len(batch.origins) == 1:
                    speaker.connection.pass_own(batch)
        if not batch.data or not self.in_step:
            return None
        self._position, self._seq = batch.end, max(batch.seq, self._seq)
        return batch
