"""What relays say to each other: read exactly, or refused, and a room stays whole whatever it was."""

from collections.abc import Callable

from sussurro_relay.cluster import rumour
from sussurro_relay.cluster.elsewhere import Elsewhere
from sussurro_relay.cluster.rumour import (
    Greeting,
    News,
    Part,
    Question,
    Request,
    RumourError,
    Sign,
)
from sussurro_wire.codec import encode
from sussurro_wire.messages import Gone, Here

Said = Greeting | News | Part | Question | Request | Sign
# Between two messages of an input; no message has it.
BREAK = b"\0"

_READ: tuple[Callable[[bytes], Said], ...] = (
    rumour.read_in_room,
    rumour.read_sign,
    rumour.read_to_relay,
)


def fuzz_rumours(data: bytes) -> None:
    """Whatever is heard, who arrives was not there, who leaves was, and an answer can settle it."""
    elsewhere, shown = Elsewhere(), set[str]()
    for payload in data.split(BREAK):
        for said in _read_all(payload):
            if isinstance(said, News):
                _show(elsewhere.hear(said), shown)
            elif isinstance(said, Part):
                _show(elsewhere.answer(said), shown)
        elsewhere.take_turn(3)
    for relay in elsewhere.unsure():
        whole = Part(relay, "r" * 43, 10**18, 1, 1, ())
        _show(elsewhere.answer(whole), shown)
        assert elsewhere.is_sure(relay)
        _show(elsewhere.lose(relay), shown)


def _read_all(payload: bytes) -> list[Said]:
    heard: list[Said] = []
    for read in _READ:
        try:
            said = read(payload)
        except RumourError:
            continue
        _check(said, read)
        heard.append(said)
    assert len(heard) <= 1, "one message means one thing"
    return heard


def _check(said: Said, read: Callable[[bytes], Said]) -> None:
    """What was read can be written, and is read as the same again."""
    if isinstance(said, Part):
        (again,) = rumour.write_parts(
            said.relay, said.room, said.version, map(encode, said.members)
        )
        back = read(again)
        assert isinstance(back, Part)
        assert (back.relay, back.room, back.version) == (said.relay, said.room, said.version)
        assert back.members == said.members
        return
    assert read(_write(said)) == said


def _write(said: Greeting | News | Question | Request | Sign) -> bytes:
    match said:
        case Greeting():
            return rumour.write_greeting(said.relay)
        case News():
            return rumour.write_news(said)
        case Question():
            return rumour.write_question(said.relay)
        case Request():
            return rumour.write_request(said.relay, said.room)
        case Sign():
            return rumour.write_sign(said)


def _show(news: list[Here | Gone], shown: set[str]) -> None:
    for each in news:
        # Two relays may name the same session, which none that is ours does: the room tells once.
        if isinstance(each, Here):
            shown.add(each.session)
        else:
            assert each.session in shown
