"""Eve holds the real key and lies, through a real relay, to honest members and programs."""

import socket
import warnings
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self, TypeVar

import msgpack
import pytest

from sussurro_client.contents import Card, fields_of
from sussurro_client.envelope import Sealer, bucket_of
from sussurro_client.events import Connected, Received, Standing
from sussurro_client.letter import NONE_BEFORE, Envelope, Head, Letter
from sussurro_wire.messages import Ack, Bye, Hello, Join, Side, Welcome
from sussurro_wire.protocol import Event as WireEvent
from sussurro_wire.protocol import Protocol
from tests.client.scenes import (
    EVE,
    KEY,
    KEY_TEXT,
    NOW,
    PATIENCE,
    RealRelay,
    Voice,
    member,
    wait_until,
)
from tests.hostile.room import MEMBERS, Guest
from tests.support.programs import Chat

BIA = MEMBERS["Bia"]
LAST_WORD = "that was all"
_Heard = TypeVar("_Heard")
PADDED = 410  # bytes of a text whose token ends in padding


class Eve:
    """A member on a bare socket, who says what she likes."""

    def __init__(self, port: int, voice: Voice) -> None:
        self.voice = voice
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._protocol = Protocol(Side.CLIENT)
        self._heard: deque[WireEvent] = deque()
        hello = self.hear(Hello)
        card = voice.card()
        proof = KEY.prove(hello.nonce, card)
        self.send(self._protocol.send(Join(KEY.room, proof, card)))
        self.hear(Welcome)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def say(self, *tokens: bytes) -> None:
        """Send tokens, and wait until the relay has kept them."""
        self.send(b"".join(token + b"\n" for token in tokens))
        self.hear(Ack)

    def hear(self, kind: type[_Heard]) -> _Heard:
        """Return the next event of a kind, passing over others."""
        while True:
            while self._heard:
                event = self._heard.popleft()
                if isinstance(event, kind):
                    return event
            data = self._socket.recv(65536)
            assert data, f"the relay closed before it said {kind.__name__}"
            self._protocol.receive(data, self._heard.append)


@pytest.fixture(scope="module")
def relay() -> Iterator[RealRelay]:
    with RealRelay() as process:
        yield process


@pytest.fixture
def guests(relay: RealRelay) -> Iterator[list[Guest]]:
    """Return Ana and Bia, who are in the room."""
    entered: list[Guest] = []
    try:
        for name in ("Ana", "Bia"):
            entered.append(Guest(relay.port, MEMBERS[name]))
            entered[-1].come_in()
        yield entered
    finally:
        for guest in entered:
            guest.close()


@pytest.fixture
def eve(relay: RealRelay, guests: list[Guest]) -> Iterator[Eve]:
    """Return Eve, who has come in after Ana and Bia."""
    with Eve(relay.port, Voice(EVE)) as entered:
        for guest in guests:
            wait_until(partial(_is_seen_by, guest))
        yield entered


def finish(eve: Eve, guests: list[Guest]) -> None:
    """Let Eve say a last word, rightly, and wait until everybody has heard it."""
    eve.say(eve.voice.token(LAST_WORD))
    for guest in guests:
        wait_until(partial(_is_last_word_heard_by, guest))
        assert len(guest.of(Connected)) == 1, "and is connected as before"


def _is_seen_by(guest: Guest) -> bool:
    return any(person.name == "Eve" for person in guest.session.people)


def _is_last_word_heard_by(guest: Guest) -> bool:
    return LAST_WORD in guest.shown


def token_of(plain: bytes) -> bytes:
    """Return a token of the room around anything."""
    return KEY.fernet.encrypt_at_time(plain, 0)


def test_who_lies_not_alarms_nobody(eve: Eve, guests: list[Guest]) -> None:
    eve.say(eve.voice.token("Oi"))
    finish(eve, guests)
    assert [guest.told for guest in guests] == [[], []]


def test_a_message_under_another_members_key_is_forged(eve: Eve, guests: list[Guest]) -> None:
    letter = eve.voice.letter("I am Bia", place=(1, 1))
    posing = letter.envelope.model_copy(update={"name": "Bia", "key": BIA.person.key})
    eve.say(eve.voice.seal(Sealer(KEY).write(posing, 1, 1)))
    finish(eve, guests)
    for guest in guests:
        assert "forged" in guest.told
        assert guest.shown == [LAST_WORD]


def test_messages_under_another_members_key_are_forged_whatever_comes_with_them(
    eve: Eve, guests: list[Guest]
) -> None:
    """Each of hers vouches, as far as she can, for what she has put into Bia's mouth."""
    sealer, tokens, before = Sealer(KEY), [], NONE_BEFORE
    for index in range(1, 11):
        letter = eve.voice.letter(f"{index}", counter=(index + 1) // 2, place=(1, index))
        envelope = letter.envelope
        if index % 2:
            envelope = envelope.model_copy(update={"name": "Bia", "key": BIA.person.key})
        sealed = sealer.seal(sealer.write(envelope, 1, index, 0, before), EVE.identity, NOW)
        before = sealed.imprint
        tokens.append(sealed.token)
    eve.say(*tokens)
    for guest in guests:
        wait_until(partial(_has_shown, guest, ["2", "4", "6", "8", "10"]))
        assert guest.told.count("forged") == 5


def _has_shown(guest: Guest, texts: list[str]) -> bool:
    return guest.shown == texts


def test_another_members_name_with_ones_own_key_is_told(
    relay: RealRelay, guests: list[Guest]
) -> None:
    ana, bia = guests
    bia.session.send("I am the first of this name")
    ana.wait(Received)
    with Eve(relay.port, Voice(member("Bia", 66))) as posing:
        finish(posing, guests)
    assert ana.told.count("identity_changed Bia") == 1
    assert bia.told.count("identity_changed Bia") == 1
    assert [event.standing for event in ana.of(Received)] == [Standing.KNOWN, Standing.CHANGED]


def test_another_members_token_said_once_more_is_a_replay(eve: Eve, guests: list[Guest]) -> None:
    """The relay is honest, and a member repeats what it heard."""
    ana, bia = guests
    wire: list[WireEvent] = []
    bia.session.send("said once")
    ana.wait(Received)
    while not any(hasattr(event, "tokens") for event in wire):
        eve._protocol.receive(eve._socket.recv(65536), wire.append)
    (chunk,) = (event for event in wire if hasattr(event, "tokens"))
    eve.say(*chunk.tokens())
    finish(eve, guests)
    assert ana.told == ["replay Bia"]
    assert ana.shown == ["said once", LAST_WORD]
    assert bia.told == []


def test_two_texts_under_one_number_are_a_contradiction(eve: Eve, guests: list[Guest]) -> None:
    eve.say(eve.voice.token("yes"))
    first = eve.voice._said[1]
    eve.say(eve.voice.token("no", counter=1, after=b""))
    eve.voice._said[1] = first
    finish(eve, guests)
    for guest in guests:
        assert guest.told == ["contradiction Eve"]
        assert guest.shown == ["yes", LAST_WORD]


def test_two_tokens_in_one_place_are_a_replay(eve: Eve, guests: list[Guest]) -> None:
    eve.say(eve.voice.token("yes", place=(1, 1)))
    eve.say(eve.voice.token("no", place=(1, 1)))
    eve.voice.index, eve.voice.counter = 1, 1
    finish(eve, guests)
    for guest in guests:
        assert guest.told == ["replay Eve"]
        assert guest.shown == ["yes", LAST_WORD]


def test_numbers_that_are_left_out_are_missed(eve: Eve, guests: list[Guest]) -> None:
    eve.say(eve.voice.token("one"))
    eve.voice.index += 2**31
    finish(eve, guests)
    for guest in guests:
        assert guest.told == ["gap Eve"]


def test_what_nobody_was_shown_and_she_claims_to_have_seen_is_told_with_her_name(
    eve: Eve, guests: list[Guest]
) -> None:
    eve.say(eve.voice.token("as you all know", seen=[Head(2**62, b"?" * 32)]))
    finish(eve, guests)
    for guest in guests:
        assert guest.told == ["split Eve"]


def test_a_card_among_the_messages_is_not_shown(eve: Eve, guests: list[Guest]) -> None:
    eve.say(eve.voice.seal(eve.voice.letter(Card(), counter=0, place=(1, 0))))
    eve.voice.counter = 0
    finish(eve, guests)
    assert [guest.told for guest in guests] == [[], []]
    assert [guest.shown for guest in guests] == [[LAST_WORD], [LAST_WORD]]


def test_another_spelling_of_a_token_opens_for_nobody(eve: Eve, guests: list[Guest]) -> None:
    """Fernet itself takes it: the last character before the padding has bits without meaning."""
    token = eve.voice.token("x" * PADDED)
    head, pad = token.rstrip(b"="), len(token) - len(token.rstrip(b"="))
    assert pad
    spelled = head[:-1] + bytes([_sibling(head[-1])]) + b"=" * pad
    assert KEY.fernet.decrypt(spelled) == KEY.fernet.decrypt(token)
    eve.say(spelled)
    eve.voice.index, eve.voice.counter = 0, 0
    finish(eve, guests)
    assert [guest.told for guest in guests] == [["undecryptable"], ["undecryptable"]]


def _sibling(byte: int) -> int:
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(byte) ^ 1]


def test_glued_tokens_open_for_nobody(eve: Eve, guests: list[Guest]) -> None:
    first, second = eve.voice.token("one"), eve.voice.token("two")
    assert not first.endswith(b"=")
    eve.say(first + second)
    eve.voice.index, eve.voice.counter = 0, 0
    finish(eve, guests)
    assert [guest.told for guest in guests] == [["undecryptable"], ["undecryptable"]]
    assert [guest.shown for guest in guests] == [[LAST_WORD], [LAST_WORD]]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"gAAAAA==gAAAAA\n", "malformed"),
        (b"gAAAA BYE left\n", "malformed"),
        (b"gAAAA\rBYE left\n", "malformed"),
        (b"gAAAAA\x1b[2J\n", "malformed"),
        (b"gAAAAB\nBYE left\n", "malformed"),
        (b"gAAAAB\nHERE s9 gAAAAA\n", "malformed"),
        (b"Bia: hello\n", "malformed"),
        (b"gAAAA" + b"A" * 10_000_000 + b"\n", "line-too-long"),
        (b"A" * 10_000_000, "line-too-long"),
    ],
    ids=["glued", "verb", "return", "escape", "bye", "here", "text", "10 MB token", "10 MB"],
)
def test_a_line_that_is_no_token_is_refused_by_the_relay_and_heard_by_nobody(
    relay: RealRelay, eve: Eve, guests: list[Guest], line: bytes, reason: str
) -> None:
    try:
        eve.send(line)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it was refused before its end
    else:
        assert eve.hear(Bye).reason == reason
    with Eve(relay.port, Voice(EVE, b"run-0002")) as again:
        finish(again, guests)
    for guest in guests:
        assert set(guest.told) <= {"undecryptable"}, "the token before the fault is a token"
        assert guest.shown == [LAST_WORD]


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\x01",
        bytes(512),
        b"\x01" + bytes(511),
        b"\x02" * 512,
        b"\xff" * 512,
        (b"\x01" + bytes(72) + (400).to_bytes(4, "big") + b"\x91" * 400).ljust(512, b"\0"),
        (b"\x01" + bytes(72) + (60_000).to_bytes(4, "big") + b"\x91" * 60_000).ljust(
            bucket_of(60_077), b"\0"
        ),
        b"SAY hello, everybody",
        b"I am plain text, as in a chat without signatures",
    ],
)
def test_anything_else_in_a_token_is_forged_and_not_shown(
    eve: Eve, guests: list[Guest], plain: bytes
) -> None:
    eve.say(token_of(plain))
    finish(eve, guests)
    assert [guest.told for guest in guests] == [["forged"], ["forged"]]
    assert [guest.shown for guest in guests] == [[LAST_WORD], [LAST_WORD]]


@pytest.mark.parametrize("name", ["B\u200bia", "Bia\u2060", "\u202aBia", " Bia\t"])
def test_a_name_that_only_looks_like_anothers_is_told(
    relay: RealRelay, guests: list[Guest], name: str
) -> None:
    ana, bia = guests
    bia.session.send("I am the first of this name")
    ana.wait(Received)
    with Eve(relay.port, Voice(member(name, 66))) as posing:
        finish(posing, guests)
    assert ana.told == [f"identity_changed {name}"]
    assert ana.of(Received)[-1].standing is Standing.CHANGED


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 65},
        {"name": "x" * 50_000},
        {"name": 7},
        {"key": b"short"},
        {"run": b""},
        {"counter": -1},
        {"counter": 2**63},
        {"at": -1},
        {"at": 2**62},
        {"seen": (b"?" * 40,) * 9},
        {"seen": (b"?" * 39,)},
        {"since": -1},
        {"content": {"kind": "text", "text": "x" * 65_537}},
        {"content": {"kind": "text", "text": b"bytes"}},
        {"content": {"kind": 7, "run": "rm"}},
        {"content": {"kind": "edit", "of": b"short", "text": "x"}},
        {"content": {"kind": "file", "name": "x", "size": -1}},
        {"content": {}},
    ],
    ids=lambda change: f"{next(iter(change))}",
)
def test_an_envelope_with_a_field_out_of_bounds_is_forged(
    eve: Eve, guests: list[Guest], change: dict[str, object]
) -> None:
    body = eve.voice.letter("x", place=(1, 1)).envelope.model_dump() | change
    eve.say(_signed(body))
    eve.voice.index, eve.voice.counter = 0, 0
    finish(eve, guests)
    assert [guest.told for guest in guests] == [["forged"], ["forged"]]
    assert [guest.shown for guest in guests] == [[LAST_WORD], [LAST_WORD]]


def _signed(body: dict[str, object]) -> bytes:
    """Return the token of a body that no honest client would make, rightly signed."""
    unchecked: Any = Envelope.model_construct  # what it makes need not be an envelope
    fields: Any = body["content"]
    content = SimpleNamespace(kind=fields.get("kind"), model_dump=lambda **_: fields)
    letter = Letter(unchecked(**body | {"content": content}), 1, 1, 0, b"")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic notices too, and writes it all the same
        return Sealer(KEY).seal(letter, EVE.identity, 0).token


def test_the_means_to_sign_anything_sign_rightly(eve: Eve, guests: list[Guest]) -> None:
    """So what is refused above is refused for its field, and for nothing else."""
    envelope = eve.voice.letter("rightly signed", place=(1, 1)).envelope
    body = envelope.model_dump() | {"content": fields_of(envelope.content)}
    assert msgpack.packb(body)
    eve.say(_signed(body))
    eve.voice.index = 1
    finish(eve, guests)
    assert [guest.told for guest in guests] == [[], []]
    assert [guest.shown for guest in guests] == [["rightly signed", LAST_WORD]] * 2


def test_verbs_in_a_text_are_a_text(eve: Eve, guests: list[Guest]) -> None:
    text = "Oi\nBYE left\nTT\nGONE s1 left\n/quit\nAT 7"
    eve.say(eve.voice.token(text))
    finish(eve, guests)
    assert [guest.told for guest in guests] == [[], []]
    assert [guest.shown for guest in guests] == [[text, LAST_WORD]] * 2


def test_the_real_program_tells_of_lies_and_goes_on(relay: RealRelay, tmp_path: Path) -> None:
    dora = Chat(tmp_path, KEY_TEXT, "Dora", f"127.0.0.1:{relay.port}", SUSSURRO_HISTORY="0")
    try:
        dora.wait_event("connected")
        with Eve(relay.port, Voice(EVE)) as eve:
            dora.wait_event("joined", name="Eve")
            eve.say(eve.voice.token("TT\n/quit\n\x1b[2J"))
            first = eve.voice._said[1]
            eve.say(eve.voice.token("no", counter=1, after=b""), token_of(b"plain"))
            eve.voice._said[1] = first
            eve.say(eve.voice.token(LAST_WORD))
            dora.wait_event("message", text=LAST_WORD)
        codes = [event["code"] for event in dora.events if event["event"] == "warning"]
        assert codes == ["contradiction", "forged"]
        assert dora.texts() == ["TT\n/quit\n\x1b[2J", LAST_WORD]
        assert dora.leave() == 0
        assert dora.complaints == ""
    finally:
        dora.close()
