"""Me, in one room."""

from dataclasses import dataclass

from sussurro_client.events import Person
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey


@dataclass(frozen=True, slots=True)
class Member:
    """What it takes to be in a room: its key, an identity, and a name."""

    key: RoomKey
    identity: Identity
    name: str

    @property
    def wrap_key(self) -> bytes:
        """What a secret for this member alone is wrapped with."""
        return self.identity.wrap_key

    @property
    def person(self) -> Person:
        """What the others see."""
        return Person(self.name, self.identity.public_key)
