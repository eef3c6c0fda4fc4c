"""What members say to each other, as values; `envelope` seals and opens it. Pure."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sussurro_client.contents import Bytes32, Content

MAX_NAME = 64
MAX_HEADS = 8
NONE_BEFORE = bytes(32)  # in place of the imprint of a token that there is not
# Milliseconds up to the year 9999, the last that a date can show in every time zone.
_END_OF_DATES = 253_370_764_800_000


@dataclass(frozen=True, slots=True)
class Head:
    """A message that somebody had seen: the chunk it stood in, and its digest."""

    seq: int
    digest: bytes

    def pack(self) -> bytes:
        """Return its 40 bytes."""
        return self.seq.to_bytes(8, "big") + self.digest

    @classmethod
    def unpack(cls, data: bytes) -> "Head":
        """Return what 40 bytes say."""
        return cls(int.from_bytes(data[:8], "big"), data[8:])


class Envelope(BaseModel):
    """A signed statement of one member.

    ``run`` is new each time a client starts, and ``counter`` counts its messages
    from 1. ``at`` is in milliseconds since the epoch, by the sender's clock.
    ``after`` is the digest of the run's message before, empty for the first.
    ``seen`` are packed heads: the messages that the sender had seen when it said
    this, those left out that are named by another one of them. ``since``: from
    that chunk on the sender had been shown everything.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    key: Bytes32
    run: Annotated[bytes, Field(min_length=8, max_length=8)]
    counter: Annotated[int, Field(ge=0, lt=2**63)]
    at: Annotated[int, Field(ge=0, lt=_END_OF_DATES)]
    after: Annotated[bytes, Field(max_length=32)]
    seen: Annotated[
        tuple[Annotated[bytes, Field(min_length=40, max_length=40)], ...],
        Field(max_length=MAX_HEADS, strict=False),
    ]
    since: Annotated[int, Field(ge=0, lt=2**63)]
    content: Content

    @property
    def heads(self) -> tuple[Head, ...]:
        """What ``seen`` says."""
        return tuple(map(Head.unpack, self.seen))


@dataclass(frozen=True, slots=True)
class Letter:
    """An envelope as it came: token ``index`` of its sender's connection ``link``.

    Both count from 1; a card is 0 on its connection. ``begun``: all tokens of the
    connection stand in this chunk or later ones. ``digest`` names the envelope
    whole, and is the same each time that it is sent. ``before`` is the imprint of
    the token before it on the connection.
    """

    envelope: Envelope
    link: int
    index: int
    begun: int
    digest: bytes
    before: bytes = NONE_BEFORE

    @property
    def id(self) -> str:
        """The message's name for people and programs: its digest in hexadecimal."""
        return self.digest.hex()
