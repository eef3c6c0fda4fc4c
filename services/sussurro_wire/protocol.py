"""A conversation as a value: bytes in, events out, no I/O.

The same class plays either side. What is legal when stands in one table that
does not know which side asks.
"""

from collections.abc import Callable
from enum import Enum, auto

from sussurro_wire.chunk import TOKEN_START, Chunk, check_chunk
from sussurro_wire.codec import decode, encode
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_LINE, MAX_VERB_LINE
from sussurro_wire.lines import LineBuffer
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


class State(Enum):
    """How far a connection is."""

    GREETING = auto()  # the relay owes its HELLO
    JOINING = auto()  # the client owes its JOIN
    ADMITTING = auto()  # the relay owes a WELCOME
    OPEN = auto()  # tokens both ways
    LEAVING = auto()  # the client said TT; what is under way still arrives
    CLOSED = auto()  # the relay said BYE


Event = Message | Chunk

_TRANSITIONS: dict[tuple[State, Side], dict[type, State]] = {
    (State.GREETING, Side.RELAY): {Hello: State.JOINING, Bye: State.CLOSED},
    (State.JOINING, Side.CLIENT): {Join: State.ADMITTING, Leave: State.LEAVING},
    (State.JOINING, Side.RELAY): {Bye: State.CLOSED},
    (State.ADMITTING, Side.CLIENT): {Leave: State.LEAVING},
    (State.ADMITTING, Side.RELAY): {Welcome: State.OPEN, Bye: State.CLOSED},
    (State.OPEN, Side.CLIENT): {
        **dict.fromkeys((Chunk, Past, Who, Ping, Pong), State.OPEN),
        Leave: State.LEAVING,
    },
    (State.OPEN, Side.RELAY): {
        **dict.fromkeys(
            (Chunk, Ack, At, PastEnd, Here, WhoEnd, Gone, Count, Ping, Pong), State.OPEN
        ),
        Bye: State.CLOSED,
    },
    (State.LEAVING, Side.RELAY): {
        **dict.fromkeys(
            (Welcome, Chunk, Ack, At, PastEnd, Here, WhoEnd, Gone, Count, Ping, Pong),
            State.LEAVING,
        ),
        Bye: State.CLOSED,
    },
}


class Protocol:
    """One side of one connection. Owned by whoever owns the connection."""

    __slots__ = ("_lines", "_max_line", "_peer", "_side", "state")

    def __init__(self, side: Side, max_line: int = MAX_LINE) -> None:
        self._side = side
        self._peer = Side.RELAY if side is Side.CLIENT else Side.CLIENT
        self._max_line = max_line
        self._lines = LineBuffer()
        self.state = State.GREETING

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of an unfinished line are kept."""
        return len(self._lines)

    def forget_unfinished(self) -> None:
        """Let go of an unfinished line; only for who listens no more."""
        self._lines.clear()

    def send(self, message: Message) -> bytes:
        """Return the line that says ``message``.

        Raises WireError (unexpected) when it is not this side's turn to say it.
        """
        self._step(self._side, type(message))
        return encode(message)

    def send_chunk(self, lines: bytes) -> bytes:
        """Return token lines as they are to be sent; raises WireError as `send` does."""
        self._step(self._side, Chunk)
        return check_chunk(lines, self._max_line).lines

    def receive(self, data: bytes, handle: Callable[[Event], None]) -> None:
        """Hand every event that ``data`` completes to ``handle``, in order.

        Consecutive token lines are one Chunk. Raises WireError when the peer
        says what it must not; the events before the fault have been handled.
        Where the stream was cut changes neither the events nor the fault, only
        how many tokens share a Chunk.
        """
        complete = self._lines.feed(data)
        if complete:
            self._receive_complete(complete, handle)
        # A limit for tokens must not make a verb's fate depend on how it was cut.
        self._lines.limit = max(self._token_limit(), MAX_VERB_LINE)
        self._lines.check()

    def _token_limit(self) -> int:
        """Return how long a token may be: a stranger, who may say none, gets no space for one."""
        if self._side is Side.CLIENT or self.state is State.OPEN:
            return self._max_line
        return min(self._max_line, MAX_VERB_LINE)

    def _receive_complete(self, complete: bytes, handle: Callable[[Event], None]) -> None:
        chunk = None
        if complete.startswith(TOKEN_START):
            # Nothing but tokens, most often: the hot path, at C speed. What fails
            # is read again line by line, to find what comes before the fault.
            chunk = self._check_whole(complete)
        if chunk is None:
            self._receive_lines(complete, handle)
        else:
            self._handle(chunk, handle)

    def _check_whole(self, complete: bytes) -> Chunk | None:
        try:
            return check_chunk(complete, self._token_limit())
        except WireError:
            return None

    def _receive_lines(self, complete: bytes, handle: Callable[[Event], None]) -> None:
        tokens: list[bytes] = []
        for line in complete.split(b"\n")[:-1]:
            if line.startswith(TOKEN_START):
                tokens.append(line)
                continue
            if tokens:
                self._handle_tokens(tokens, handle)
                tokens = []
            self._handle(decode(line, self._peer), handle)
        if tokens:
            self._handle_tokens(tokens, handle)

    def _handle_tokens(self, tokens: list[bytes], handle: Callable[[Event], None]) -> None:
        try:
            chunk = check_chunk(b"\n".join(tokens) + b"\n", self._token_limit())
        except WireError:
            if len(tokens) == 1:
                raise
        else:
            self._handle(chunk, handle)
            return
        # Halving finds the fault in few steps, and what stands before it in few chunks.
        middle = len(tokens) // 2
        self._handle_tokens(tokens[:middle], handle)
        self._handle_tokens(tokens[middle:], handle)

    def _handle(self, event: Event, handle: Callable[[Event], None]) -> None:
        self._step(self._peer, type(event))
        handle(event)

    def _step(self, speaker: Side, kind: type) -> None:
        following = _TRANSITIONS.get((self.state, speaker), {}).get(kind)
        if following is None:
            raise WireError(
                Reason.UNEXPECTED, f"{kind.__name__} from the {speaker} while {self.state.name}"
            )
        self.state = following
