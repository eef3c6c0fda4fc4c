"""What members have said, true and false, for a relay that lies to choose from."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from sussurro_client.contents import (
    Card,
    Content,
    Delete,
    Edit,
    File,
    Part,
    Private,
    Reaction,
    Rekey,
    Text,
    Typing,
    Unknown,
)
from sussurro_client.envelope import Sealer
from sussurro_client.errors import EnvelopeError
from sussurro_client.identity import Identity
from sussurro_client.letter import Envelope
from sussurro_client.member import Member
from sussurro_client.private import Privacy
from tests.fuzz.tokens import KEY, good_tokens

NOW = 1_774_000_000.0
RUN = b"run-0001"
SEALER = Sealer(KEY)
ANA, _BIA, _EVE = (
    Member(KEY, Identity.from_private_bytes(bytes([number]) * 32, kept=True), name)
    for number, name in ((1, "Ana"), (2, "Bia"), (3, "Bia"))
)


@dataclass(frozen=True, slots=True)
class Pool:
    """What there is to choose from: tokens of members, and cards."""

    tokens: tuple[bytes, ...]
    cards: tuple[str, ...]


@cache
def pool() -> Pool:
    tokens = [
        _seal(_BIA, Text(text=f"Bia {counter}"), counter, link, index)
        for counter, link, index in (
            (1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 1, 4), (5, 1, 5), (4, 2, 1), (5, 2, 2), (6, 2, 3),
            (7, 2**32 - 1, 2**32 - 1), (2**63 - 1, 3, 0), (0, 0, 0),
        )
    ]  # fmt: skip
    tokens.append(_seal(_BIA, Text(text="Bia lies"), 3, 4, 1))
    far = (2**64 - 1).to_bytes(8, "big") + b"d" * 32
    near = (7).to_bytes(8, "big") + b"d" * 32
    for counter, seen in enumerate(((far,), (near,), (near,) * 8), 8):
        tokens.append(_seal(_EVE, Text(text="\x1b[2J\u202e"), counter, 1, counter, seen))
    tokens.append(_seal(_EVE, Card(wrap_key=b"w" * 32), 1, 2, 1))
    tokens.append(_seal(_EVE, Rekey(room=KEY.room, shares=(), is_last=True), 20, 2, 2))
    tokens.append(_seal(ANA, Text(text="0 an echo"), 1, 1, 1))
    tokens.append(_seal(ANA, Text(text="0 never said"), 999, 1, 1))
    for counter, content in enumerate(_other_kinds(), 30):
        tokens.append(_seal(_BIA, content, counter, 5, counter))
    tokens += (*good_tokens(), b"gAAAAAa", tokens[0][:-9] + b"A" * 9)
    cards = [_seal(who, Card(wrap_key=key), 0, link, 0)
             for who in (ANA, _BIA, _EVE) for key in (b"", b"w") for link in (1, 2**32 - 1)]  # fmt: skip
    return Pool(tuple(tokens), tuple(card.decode() for card in (*cards, tokens[0], b"gAAAAAa")))


def _other_kinds() -> Iterator[Content]:
    """Go through what else there is to say, in public and in private, to Ana and to others."""
    digest = b"d" * 32
    contents: tuple[Content, ...] = (
        Text(text="waves", reply_to=digest, is_action=True),
        Edit(of=digest, text="\x1b[2J"),
        Delete(of=digest),
        Reaction(of=digest, emoji="\u202e"),
        Typing(),
        File(name="../x\n", size=1, sha256=digest, parts=1, key=digest),
        Part(number=0, data=b"x"),
        Unknown(kind="poll"),
    )
    yield from contents
    for each in contents:
        yield Privacy(_BIA).seal(each, ANA.person.key, ANA.wrap_key)
        yield Privacy(_BIA).seal(each, _EVE.person.key, _EVE.wrap_key)
    yield Private(keys=(b"\1xyz",), sealed=b"gAAAAA")


@cache
def spoken() -> frozenset[tuple[bytes, Content]]:
    """Return who said what, also in private."""

    def opened() -> Iterator[tuple[bytes, Content]]:
        for token in pool().tokens:
            with suppress(EnvelopeError):
                envelope = SEALER.open(token).envelope
                yield envelope.key, envelope.content
                if isinstance(envelope.content, Private):
                    within = Privacy(ANA).open(envelope.content, envelope.key)
                    yield from ((envelope.key, within[1]),) if within else ()

    return frozenset(opened())


def _seal(
    who: Member, content: Content, counter: int, link: int, index: int, seen: tuple[bytes, ...] = ()
) -> bytes:
    envelope = Envelope(
        name=who.name,
        key=who.person.key,
        run=RUN,
        counter=counter,
        at=int(NOW) * 1000,
        after=b"",
        seen=seen,
        since=0,
        content=content,
    )
    return SEALER.seal(SEALER.write(envelope, link, index), who.identity, int(NOW)).token
