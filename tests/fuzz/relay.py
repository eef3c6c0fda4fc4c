"""The relay: one who may say anything harms nobody else, and is answered in the relay's own words."""

from sussurro_relay.connection import Connection, Terms
from sussurro_wire.chunk import TOKEN_START, Chunk, check_chunk
from sussurro_wire.codec import decode
from sussurro_wire.errors import Reason
from sussurro_wire.messages import (
    Ack,
    Bye,
    Hello,
    Leave,
    Message,
    Past,
    PastEnd,
    Ping,
    Pong,
    Side,
    Who,
    WhoEnd,
)
from sussurro_wire.protocol import Event, State
from tests.fuzz.choices import Choices, pieces
from tests.relay.table import Seat, Table, entered, lines_in
from tests.wire.link import hear, protocol_in

_MAX_LINE = 4096
_PATIENCE_SECONDS = 60


def fuzz_relay(data: bytes) -> None:
    """Whoever connects and says anything, in any pieces, with a member listening or not."""
    choices = Choices(data)
    has_joined, reads_late, is_slow, is_small = (choices.below(2) == 1 for _ in range(4))
    rate = 2000 if is_slow else 0
    table = Table(
        window_bytes=600 if is_small else 1_000_000, terms=Terms(_MAX_LINE, rate, 10.0, 20.0)
    )
    ana = entered(table, "ana")
    eve = table.enter("eve") if has_joined else table.connect("eve")
    heard = _take(eve)
    sizes, stream = choices.take(4), choices.rest()
    for piece in pieces(stream, sizes):
        if not reads_late:
            heard += _take(eve)
        heard += _wait_to_be_read(table, eve)
        if eve.connection.is_ending:
            break
        eve.send_raw(piece)
    heard += _take(eve)
    _check_words(eve.connection, heard)
    if has_joined:
        said, fault = hear(protocol_in(State.OPEN, Side.RELAY, max_line=_MAX_LINE), [stream])
        _check_answers(said, fault, heard)
        assert lines_in(ana.hear()) == lines_in(said)
    else:
        ana.hear()
    assert not ana.connection.is_ending
    eve.connection.closed()
    ana.connection.closed()
    assert eve.connection.room is None
    assert ana.connection.room is None
    # Whatever either made the relay keep has been let go of.
    assert not any(table.budget.held().values())


def _wait_to_be_read(table: Table, seat: Seat) -> list[Event]:
    """Read and let time pass until the relay listens, as it must in the end."""
    heard: list[Event] = []
    for _ in range(_PATIENCE_SECONDS):
        if seat.connection.is_ending or seat.connection.may_read(table.now):
            return heard
        heard += _take(seat)
        table.now += 1.0
        seat.connection.look(table.now)
    raise AssertionError("the relay never listens again")


def _take(seat: Seat) -> list[Event]:
    """Return what the relay says now, each token as a chunk, whatever it was told."""
    said = bytearray()
    while data := seat.next_data():
        seat.connection.sent(len(data))
        said += data
    assert not said or said.endswith(b"\n")
    return [_understood(line) for line in bytes(said).split(b"\n")[:-1]]


def _understood(line: bytes) -> Message | Chunk:
    if line.startswith(TOKEN_START):
        return check_chunk(line + b"\n")
    return decode(line, Side.RELAY)


def _check_words(connection: Connection, heard: list[Event]) -> None:
    """Check that it greets first, takes its leave last, and acknowledges in order."""
    assert [index for index, event in enumerate(heard) if isinstance(event, Hello)] in ([0], [])
    farewells = [index for index, event in enumerate(heard) if isinstance(event, Bye)]
    assert farewells == ([len(heard) - 1] if connection.is_over else [])
    assert connection.is_over == connection.is_ending
    counts = [event.count for event in heard if isinstance(event, Ack)]
    assert counts == sorted(set(counts))


def _check_answers(said: list[Event], fault: Reason | None, heard: list[Event]) -> None:
    """Check that whatever was rightly asked is answered, and whatever came is acknowledged."""
    counts = [event.count for event in heard if isinstance(event, Ack)]
    assert (counts or [0])[-1] == sum(event.count for event in said if isinstance(event, Chunk))
    asked = [event.text for event in said if isinstance(event, Ping)]
    assert [event.text for event in heard if isinstance(event, Pong)] == asked
    assert _how_many(heard, WhoEnd) == _how_many(said, Who)
    has_left = _how_many(said, Leave) > 0
    if has_left or fault is not None:
        assert heard[-1] == Bye(Reason.LEFT if has_left else fault or "")
        assert _how_many(heard, PastEnd) <= _how_many(said, Past)
    else:
        assert _how_many(heard, PastEnd) == _how_many(said, Past)


def _how_many(events: list[Event], kind: type) -> int:
    return sum(isinstance(event, kind) for event in events)
