"""Where sessions begin: with the key of today, an identity, and what is known of the room."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sussurro_client.address import Address
from sussurro_client.errors import ClientError
from sussurro_client.events import Event, Moved
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.memory import Snapshot
from sussurro_client.rekey import accept
from sussurro_client.room_folder import RoomFolder
from sussurro_client.session import Session
from sussurro_client.successor import all_keys, current_key, keep_successor, prepare_successor
from sussurro_client.trust import Trust
from sussurro_client.words import _


@dataclass(frozen=True, slots=True)
class Doorway:
    """One room at one relay, over all its keys. Its methods raise ClientError for bad files."""

    address: Address
    key_path: Path
    state: Path
    identity: Identity
    trust: Trust | None
    heartbeat: float
    history: int

    @property
    def key(self) -> RoomKey:
        """The key of the room as it is today."""
        return current_key(self.key_path, self.state)

    def open(self, name: str, listener: Callable[[Event], None] | None) -> Session:
        """Return a session, not yet started, for a member called ``name``.

        Without a listener it is for whoever goes through its events.
        """
        key = self.key
        folder = self._folder(key.room) if self.identity.kept else None
        return Session(
            self.address,
            Member(key, self.identity, name),
            listener=listener,
            history=self.history,
            heartbeat=self.heartbeat,
            trust=self.trust,
            folder=folder,
        )

    def is_muted(self) -> bool:
        """Return whether the room of today is to be silent."""
        return self._folder(self.key.room).is_muted()

    def mute(self, *, is_muted: bool) -> bool:
        """Keep whether the room of today is to be silent; return whether that was possible."""
        return self.identity.kept and self._folder(self.key.room).mute(is_muted=is_muted)

    def open_file(
        self, key: RoomKey, name: str, listener: Callable[[Event], None], history: int
    ) -> Session:
        """Return a session, not yet started, in the room of a file: nothing of it is remembered."""
        return Session(
            self.address,
            Member(key, self.identity, name),
            listener=listener,
            history=history,
            heartbeat=self.heartbeat,
            trust=self.trust,
        )

    def follow(self, moved: Moved) -> None:
        """Take the key that somebody has handed to us: the next session is in the new room.

        Another program of ours may have done so before. Nobody leads us back to
        a room that we have left.
        """
        rooms = [key.room for key in all_keys(self.key_path, self.state)]
        if moved.room == rooms[-1]:
            return
        if moved.room in rooms:
            raise ClientError(_("What was offered is a room that was left before; you stay here."))
        member = Member(self.key, self.identity, "")
        prepare_successor(self.state, member.key.room, accept(member, moved))
        self.move(member.key.room, moved.room)

    def move(self, old_room: str, new_room: str) -> Path:
        """Put the prepared key in force, and know in the new room whom we knew in the old one."""
        old, new = self._folder(old_room), self._folder(new_room)
        new.save(Snapshot(people=old.load().people))
        if old.is_muted():
            new.mute(is_muted=True)
        return keep_successor(self.state, old_room)

    def _folder(self, room: str) -> RoomFolder:
        return RoomFolder(self.state, room, str(self.address))
