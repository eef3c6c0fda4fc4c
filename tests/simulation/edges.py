"""What stands in for cryptography, and sizes small enough to be reached.

Sealing and proving cost a hundred times what a step of the simulation does. A
token is a number here, and the table says what is in it. All else is the real code.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import cast
from unittest.mock import patch

from sussurro_client.envelope import Sealed, Unproven
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.letter import NONE_BEFORE, Envelope, Letter
from sussurro_client.member import Member
from sussurro_relay.desk import ConnectionDesk
from sussurro_relay.room import Room
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.messages import Join

ROOM = "simulated"
_SIZES = {
    "sussurro_relay.window.BATCH_BYTES": 300,
    "sussurro_relay.connection._REPLIES_LIMIT": 2_000,
    "sussurro_relay.connection._UNKEPT_LIMIT": 1_500,
}


@dataclass(slots=True)
class Key:
    """A room's key without mathematics: what was sealed with it, by token."""

    sealed: dict[bytes, Letter] = field(default_factory=dict)
    room: str = ROOM

    @staticmethod
    def prove(nonce: str, card: str) -> str:
        """Return a proof that is good for this greeting and this card only."""
        return f"{nonce}-{len(card)}"


class Sealer:
    """Seals and opens by the key's table."""

    def __init__(self, key: Key) -> None:
        self._sealed = key.sealed

    @staticmethod
    def write(
        envelope: Envelope, link: int, index: int, begun: int = 0, before: bytes = NONE_BEFORE
    ) -> Letter:
        """Return a letter with a digest that no other envelope of a world has."""
        digest = hashlib.sha256(repr(envelope).encode()).digest()
        return Letter(envelope, link, index, begun, digest, before)

    def seal(self, letter: Letter, identity: Identity, now: int) -> Sealed:
        """Return a token that no other letter has, of a length that varies."""
        del identity, now
        number = len(self._sealed)
        token = b"gAAAAA%d" % number + b"x" * (number * 37 % 101)
        self._sealed[token] = letter
        return Sealed(token, _imprint(letter))

    def open(self, token: bytes) -> Letter:
        """Return what the token holds; undecryptable unless it is one, byte for byte."""
        letter = self._sealed.get(token)
        if letter is None:
            raise EnvelopeError(Flaw.UNDECRYPTABLE)
        return letter

    def decrypt(self, token: bytes) -> bytes:
        """Return the token, if it is one: it is its own inside."""
        self.open(token)
        return token

    def take_apart(self, plain: bytes) -> Unproven:
        """Return what the token holds, as yet unproven."""
        letter = self.open(plain)
        return Unproven(letter, _imprint(letter), b"")

    @staticmethod
    def is_signed(_unproven: Unproven) -> bool:
        """Find it good: nobody in a simulated world forges."""
        return True


def _imprint(letter: Letter) -> bytes:
    return hashlib.sha256(repr(letter).encode()).digest()


class Desk(ConnectionDesk):
    """The real desk, but for the mathematics of the proof."""

    __slots__ = ()

    def enter(self, join: Join, nonce: str) -> Room:
        """Check the proof as the simulated key makes it; return the room."""
        if join.proof != Key.prove(nonce, join.card):
            raise WireError(Reason.BAD_PROOF, "not made for this greeting")
        return self._services.hub.acquire(join.room)


@cache
def _identity(number: int) -> Identity:
    return Identity.from_private_bytes(bytes([number + 1]) * 32, kept=True)


def member(key: Key, number: int) -> Member:
    """Return the same member for the same number."""
    return Member(cast("RoomKey", key), _identity(number), f"member-{number}")


@contextmanager
def affordable() -> Iterator[None]:
    """Let conversations seal by table, and limits be small, while this lasts."""
    with ExitStack() as stack:
        stack.enter_context(patch("sussurro_client.conversation.Sealer", Sealer))
        for name, size in _SIZES.items():
            stack.enter_context(patch(name, size))
        yield
