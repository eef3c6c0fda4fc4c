"""A fake link: two protocols, and what each heard, through pieces of any size."""

from collections.abc import Iterable
from itertools import cycle

from sussurro_wire.chunk import Chunk
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.messages import (
    Ack,
    At,
    Bye,
    Count,
    Gone,
    Hello,
    Here,
    Join,
    Leave,
    Message,
    Past,
    PastEnd,
    Ping,
    Pong,
    Side,
    Welcome,
    Who,
    WhoEnd,
)
from sussurro_wire.protocol import Event, Protocol, State

# One of each kind of event.
EXAMPLES: tuple[Event, ...] = (
    Chunk(b"gAAAAAB-_x==\n", 1),
    Hello(1, "bm9uY2U"),
    Join("cm9vbQ", "cHJvb2Y", "gAAAAAcard=", last=20),
    Welcome("s1", 3, 9, 2),
    Ack(1, 9),
    At(9),
    Past(9, 50),
    PastEnd(3),
    Who(),
    WhoEnd(2),
    Here("s2", "gAAAAAcard=="),
    Gone("s2", "left"),
    Count(1000),
    Ping("t1"),
    Pong("t1"),
    Leave(),
    Bye("drain", 5),
)


def other(side: Side) -> Side:
    """Return the side that ``side`` talks to."""
    return Side.RELAY if side is Side.CLIENT else Side.CLIENT


def protocol_in(state: State, side: Side, **limits: int) -> Protocol:
    """Return a side of a conversation that has come as far as ``state``."""
    protocol = Protocol(side, **limits)
    protocol.state = state
    return protocol


def say(protocol: Protocol, event: Event) -> bytes:
    """Return the bytes with which ``protocol`` says ``event``."""
    if isinstance(event, Chunk):
        return protocol.send_chunk(event.lines)
    return protocol.send(event)


def hear(protocol: Protocol, pieces: Iterable[bytes]) -> tuple[list[Event], Reason | None]:
    """Return what ``pieces`` said, chunks in a row as one, and the fault that ended it."""
    heard: list[Event] = []
    try:
        for piece in pieces:
            protocol.receive(piece, heard.append)
    except WireError as error:
        return merged(heard), error.reason
    return merged(heard), None


def merged(events: Iterable[Event]) -> list[Event]:
    """Return the events with chunks that follow each other made one."""
    result: list[Event] = []
    for event in events:
        last = result[-1] if result else None
        if isinstance(event, Chunk) and isinstance(last, Chunk):
            result[-1] = Chunk(last.lines + event.lines, last.count + event.count)
        else:
            result.append(event)
    return result


class Link:
    """A client and a relay, and between them bytes in pieces of the sizes given, in turn."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self.sides = {side: Protocol(side) for side in Side}
        self.heard: dict[Side, list[Event]] = {side: [] for side in Side}
        self._sizes = cycle(sizes)

    def say(self, side: Side, *events: Event) -> None:
        """Let ``side`` say the events, in one write, and the other hear them in pieces."""
        data = b"".join(say(self.sides[side], event) for event in events)
        listener = other(side)
        while data:
            size = next(self._sizes)
            self.sides[listener].receive(data[:size], self.heard[listener].append)
            data = data[size:]


# A whole conversation, from the greeting to the end.
SCRIPT: tuple[tuple[Side, tuple[Event, ...]], ...] = (
    (Side.RELAY, (Hello(1, "bm9uY2U"),)),
    (Side.CLIENT, (Join("cm9vbQ", "cHJvb2Y", "gAAAAAcard==", from_seq=7),)),
    (Side.RELAY, (Welcome("s1", 3, 9, 2), At(7), Chunk(b"gAAAAAa=\ngAAAAAb\n", 2))),
    (Side.CLIENT, (Chunk(b"gAAAAAc==\n", 1), Ping("a"), Who(), Chunk(b"gAAAAAd=\ngAAAAAd=\n", 2))),
    (Side.RELAY, (At(8), Chunk(b"gAAAAAe\n", 1), Ack(3, 11), Pong("a"), Here("s2", "gAAAAAcard"))),
    (Side.RELAY, (WhoEnd(2), Ping("b"), Gone("s2", "timeout"), Count(1))),
    (Side.CLIENT, (Pong("b"), Past(3, 100))),
    (Side.RELAY, (At(2), Chunk(b"gAAAAAf=\n", 1), PastEnd(2))),
    (Side.CLIENT, (Leave(),)),
    (Side.RELAY, (At(12), Chunk(b"gAAAAAg\n", 1), Bye("left"))),
)


def said(side: Side) -> list[Message | Chunk]:
    """Return what ``side`` says in the script."""
    return [event for speaker, events in SCRIPT if speaker is side for event in events]
