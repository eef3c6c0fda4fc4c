"""What comes together is judged as if it came one by one, whatever a holder of the key has made of it.

The enemy has the room's key and everybody's tokens, and the relay does as it says; it has
no identity but its own.
"""

import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_client.conversation import Conversation
from sussurro_client.envelope import Sealer, bucket_of
from sussurro_client.events import Alarm, Alert, Event, Received
from sussurro_client.letter import Head
from sussurro_client.opening import open_together
from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import WireError
from sussurro_wire.messages import Ack, At, Gone, Hello, Here, Ping, Side, Welcome, WhoEnd
from sussurro_wire.protocol import Event as WireEvent
from sussurro_wire.protocol import Protocol
from tests.client.scenes import ANA, BIA, EVE, KEY, NONCE, NOW, OTHER_KEY, Voice, member
from tests.wire.link import say

SEALER = Sealer(KEY)
_NUMBERS = struct.Struct(">IIQ32sI")  # link, index, begun, before, length of the body
_PROOF = 65  # where they begin


class Guest:
    """Ana's conversation, in the room from chunk 5 on."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self._relay = Protocol(Side.RELAY)
        self._ana = Conversation(ANA, b"my-run-1", "relay", self.told.append)
        self._ana.begin()
        self.hear(Hello(1, NONCE))
        self._relay.receive(self._ana.outgoing(NOW, 10_000), lambda _event: None)
        self.hear(Welcome("me", 1, 5, 1))

    def hear(self, *events: WireEvent) -> None:
        self.receive(b"".join(say(self._relay, event) for event in events))

    def receive(self, data: bytes) -> None:
        self._ana.receive(data, NOW)

    def texts(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, Received)]

    def alarms(self) -> list[Alarm]:
        return [event.alarm for event in self.told if isinstance(event, Alert)]


def told_at_once(events: Sequence[WireEvent]) -> Guest:
    """Let a guest hear all in one piece, and see that it would be told the same piece by piece."""
    together, alone = Guest(), Guest()
    together.hear(*events)
    for event in events:
        alone.hear(event)
    assert together.told == alone.told
    return together


def in_chunks(*tokens: bytes) -> list[WireEvent]:
    """Return tokens as a relay shows them, each in a chunk of its own."""
    return [event for seq, token in enumerate(tokens, 5) for event in (At(seq), chunk(token))]


def chunk(*tokens: bytes) -> Chunk:
    return Chunk(b"".join(token + b"\n" for token in tokens), len(tokens))


def altered(token: bytes, **changes: Any) -> bytes:
    """Return a token with some of what is signed changed, under the old signature."""
    plain = KEY.fernet.decrypt(token)
    numbers = dict(
        zip(
            ("link", "index", "begun", "before", "size"),
            _NUMBERS.unpack_from(plain, _PROOF),
            strict=True,
        )
    )
    body = plain[_PROOF + _NUMBERS.size :][: numbers["size"]]
    if "text" in changes:
        fields = msgpack.unpackb(body)
        fields["content"] = {"kind": "text", "text": changes.pop("text")}
        body = msgpack.packb(fields)
    signature = changes.pop("signature", plain[1:_PROOF])
    numbers |= changes | {"size": len(body)}
    plain = b"\1" + signature + _NUMBERS.pack(*numbers.values()) + body
    return KEY.fernet.encrypt(plain.ljust(bucket_of(len(plain)), b"\0"))


def imprint(token: bytes) -> bytes:
    return SEALER.unlock(token).imprint


def five() -> list[bytes]:
    bia = Voice(BIA)
    bia.begun = 5
    return [bia.token(f"{number}") for number in range(5)]


def test_what_is_true_is_shown_and_nothing_is_told() -> None:
    guest = told_at_once(in_chunks(*five()))
    assert (guest.texts(), guest.alarms()) == (list("01234"), [])


def test_a_forged_token_after_good_ones_is_told_and_the_good_ones_are_shown() -> None:
    tokens = five()
    forged = altered(tokens[-1], index=6, before=imprint(tokens[-1]), text="never said")
    guest = told_at_once(in_chunks(*tokens, forged))
    assert (guest.texts(), guest.alarms()) == (list("01234"), [Alarm.FORGED])


def test_a_forged_token_between_good_ones_is_told_and_the_good_ones_are_shown() -> None:
    tokens = five()
    forged = altered(tokens[2], before=imprint(tokens[1]), text="never said")
    guest = told_at_once(in_chunks(*tokens[:2], forged, *tokens[2:]))
    assert (guest.texts(), guest.alarms()) == (list("01234"), [Alarm.FORGED])


def test_a_forged_token_before_good_ones_is_told_and_the_good_ones_are_shown() -> None:
    tokens = five()
    guest = told_at_once(in_chunks(altered(tokens[0], text="never said"), *tokens))
    assert (guest.texts(), guest.alarms()) == (list("01234"), [Alarm.FORGED])


def test_a_forged_token_in_place_of_a_good_one_is_told_and_that_one_missed() -> None:
    tokens = five()
    tokens[2] = altered(tokens[2], text="never said")
    guest = told_at_once(in_chunks(*tokens))
    assert (guest.texts(), guest.alarms()) == (list("0134"), [Alarm.FORGED, Alarm.GAP])


def test_any_change_to_a_token_in_the_midst_is_told() -> None:
    changes: tuple[dict[str, Any], ...] = (
        {"link": 2}, {"index": 2}, {"index": 4}, {"begun": 6}, {"before": bytes(32)},
        {"text": "x"}, {"signature": bytes(64)},
    )  # fmt: skip
    for change in changes:
        tokens = five()
        tokens[2] = altered(tokens[2], **change)
        guest = told_at_once(in_chunks(*tokens))
        assert (guest.texts(), guest.alarms()) == (list("0134"), [Alarm.FORGED, Alarm.GAP]), change


def test_a_chain_of_forged_tokens_is_told_token_by_token() -> None:
    """Each names the one before it rightly; no signature is at its end."""
    tokens = five()
    forged = [altered(tokens[0], text="lie 0")]
    for number in range(1, 5):
        before = imprint(forged[-1])
        forged.append(altered(tokens[number], before=before, text=f"lie {number}"))
    guest = told_at_once(in_chunks(*forged, *tokens))
    assert (guest.texts(), guest.alarms()) == (list("01234"), [Alarm.FORGED] * 5)


def test_a_real_token_repeated_in_the_midst_is_a_replay() -> None:
    tokens = five()
    guest = told_at_once(in_chunks(*tokens[:3], tokens[1], *tokens[3:]))
    assert (guest.texts(), guest.alarms()) == (list("01234"), [Alarm.REPLAY])


def test_a_real_token_under_new_encryption_is_a_replay() -> None:
    tokens = five()
    again = KEY.fernet.encrypt(KEY.fernet.decrypt(tokens[1]))
    guest = told_at_once(in_chunks(*tokens[:3], again, *tokens[3:]))
    assert (guest.texts(), guest.alarms()) == (list("01234"), [Alarm.REPLAY])


def test_tokens_of_one_sender_in_another_order_are_told() -> None:
    tokens = five()
    tokens[1], tokens[3] = tokens[3], tokens[1]
    guest = told_at_once(in_chunks(*tokens))
    assert guest.texts() == list("03214")
    assert guest.alarms() == [Alarm.GAP, Alarm.REORDERED, Alarm.REORDERED]


def test_a_token_that_is_left_out_of_a_chain_is_missed() -> None:
    tokens = five()
    del tokens[2]
    guest = told_at_once(in_chunks(*tokens))
    assert (guest.texts(), guest.alarms()) == (list("0134"), [Alarm.GAP])


def test_eve_cannot_vouch_for_what_she_makes_up_for_bia() -> None:
    tokens, eve = five(), Voice(EVE)
    forged = altered(tokens[4], index=6, before=imprint(tokens[4]), text="never said")
    letter = SEALER.write(eve.letter("so it is").envelope, 1, 7, 5, imprint(forged))
    guest = told_at_once(in_chunks(*tokens, forged, eve.seal(letter)))
    assert guest.texts() == [*"01234", "so it is"]
    assert guest.alarms() == [Alarm.FORGED, Alarm.GAP], "the gap is Eve's own"


# What comes between chunks is told in its place.


def test_what_else_a_relay_says_is_heard_between_the_messages_where_it_stands() -> None:
    tokens, eve = five(), Voice(EVE)
    guest = told_at_once(
        [
            At(5), chunk(tokens[0]), chunk(tokens[1]), Here("s1", eve.card()), WhoEnd(1), Ack(0, 0),
            At(6), chunk(tokens[2]), Gone("s1", "left"), At(7), chunk(tokens[3], tokens[4]), Ping("x"),
        ]
    )  # fmt: skip
    names = [type(event).__name__ for event in guest.told]
    assert names == [
        "Connected", "Received", "Received", "Present", "Received", "Departed", "Received", "Received",
    ]  # fmt: skip


def test_what_came_before_a_fault_is_shown() -> None:
    tokens = five()
    lines = b"AT 5\n" + b"\n".join(tokens) + b"\nThis is no line\n"
    guest = Guest()
    with pytest.raises(WireError):
        guest.receive(lines)
    assert guest.texts() == list("01234")


# Anything.


def _spoken() -> list[list[bytes]]:
    """Return what members say, each list on one connection."""
    bia, eve = Voice(BIA), Voice(EVE)
    spoken = [[bia.token(f"Bia {number}") for number in range(4)]]
    bia.reconnect()
    spoken.append([bia.again(3), *(bia.token(f"Bia {number}") for number in range(4, 7))])
    seen = [Head(5, b"?" * 32)]
    spoken.append([eve.token(f"Eve {number}", seen=seen) for number in range(4)])
    spoken.append([Voice(member("Bia", 9), b"run-0009").token("I am Bia too")])
    return spoken


_SPOKEN = _spoken()
_EVES = _SPOKEN[2]
_REAL = [token for chain in _SPOKEN for token in chain]
_ALIEN = Voice(member("Bia", 2, OTHER_KEY)).token("of another room")
_CHANGES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    *(
        st.fixed_dictionaries({name: st.sampled_from(values)})
        for name, values in (
            ("link", (0, 1, 2, 3)),
            ("index", (0, 1, 2, 3, 4, 5, 6)),
            ("begun", (0, 5, 6)),
            ("before", (bytes(32), *map(imprint, _REAL))),
            ("text", ("lie", "Bia 2")),
            ("signature", (bytes(64), SEALER.unlock(_REAL[1]).proof[:64])),
        )
    )
)


@st.composite
def _bursts(draw: st.DrawFn) -> list[bytes]:
    """Return a part of a chain, perhaps with one of its tokens altered, or one more after it."""
    spoken = draw(st.sampled_from(_SPOKEN))
    start = draw(st.integers(0, len(spoken) - 1))
    burst = spoken[start : draw(st.integers(start + 1, len(spoken)))]
    place = draw(st.integers(0, len(burst) - 1))
    match draw(st.sampled_from(["nothing", "alter", "insert", "repeat", "drop", "add", "vouch"])):
        case "alter":
            burst[place] = altered(burst[place], **draw(_CHANGES))
        case "insert":
            burst.insert(place, altered(burst[place], **draw(_CHANGES)))
        case "repeat":
            burst.insert(draw(st.integers(0, len(burst))), draw(st.sampled_from([*_REAL, _ALIEN])))
        case "drop":
            del burst[place]
        case "add":
            for number in range(draw(st.integers(1, 3))):
                burst.append(_next_of(burst[-1], text=f"lie {number}"))
        case "vouch" if spoken is not _EVES:  # who vouches for her own words has said them
            lie = altered(burst[-1], text="lie")
            letter = SEALER.unlock(_next_of(lie)).letter
            envelope = letter.envelope.model_copy(update={"name": "Eve", "key": EVE.person.key})
            vouching = replace(letter, envelope=envelope)
            burst += [lie, SEALER.seal(vouching, EVE.identity, NOW).token]
    return burst


def _next_of(token: bytes, **changes: Any) -> bytes:
    """Return what would stand after a token, if its sender had said it."""
    before, index = imprint(token), SEALER.unlock(token).letter.index + 1
    return altered(token, before=before, index=index, **changes)


_OTHERS: st.SearchStrategy[WireEvent] = st.sampled_from(
    [Ping("x"), Ack(0, 0), Gone("s1", "left"), Here("s1", Voice(EVE).card()), WhoEnd(2)]
)
_CHUNKS = _bursts().filter(bool).map(lambda burst: chunk(*burst))
_STREAMS = st.lists(
    st.one_of(_CHUNKS, _CHUNKS, _CHUNKS, _CHUNKS, _OTHERS, st.integers(1, 20).map(At)),
    max_size=8,
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(_STREAMS)
def test_whatever_comes_together_is_told_as_if_it_came_one_by_one(events: list[WireEvent]) -> None:
    together, alone = Guest(), Guest()
    together.hear(At(5), *events)
    alone.hear(At(5))
    for event in events:
        for each in map(chunk, event.tokens()) if isinstance(event, Chunk) else (event,):
            alone.hear(each)
    assert together.told == alone.told


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(_bursts(), max_size=5))
def test_whatever_comes_together_takes_no_more_checks_than_it_has_tokens(
    bursts: list[list[bytes]],
) -> None:
    tokens = [token for burst in bursts for token in burst]
    with patch.object(SEALER, "is_signed", wraps=SEALER.is_signed) as check:
        open_together(SEALER, tokens)
    assert check.call_count <= len(tokens)
