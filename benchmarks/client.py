"""How fast a client hears: messages a second, where the time goes, and history in the app.

    python -m benchmarks.client

A real relay process keeps what real identities have sealed in advance. A process of its own
hears it through a `Session`, on one core: CPU time is that of the whole process, and wall time
is from the first message to the last, with the relay on the other cores.
"""

import argparse
import asyncio
import json
import os
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cryptography.fernet import Fernet

from sussurro_client.address import Address
from sussurro_client.author import Author
from sussurro_client.authorship import Authorship
from sussurro_client.collecting import collect_rarely
from sussurro_client.contents import Text
from sussurro_client.conversation import Conversation
from sussurro_client.envelope import Sealer, is_canonical
from sussurro_client.events import Alert, Connected, Event, Moved, Received
from sussurro_client.heads import Heads
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.member import Member
from sussurro_client.opening import open_together
from sussurro_client.recollection import Recollection
from sussurro_client.session import Session
from sussurro_wire.messages import Ack, Hello, Join, Side, Welcome
from sussurro_wire.protocol import Event as WireEvent
from sussurro_wire.protocol import Protocol, State
from tests.support.programs import Relay, running_relay

if TYPE_CHECKING:
    from sussurro_client.app.app import SussurroApp

_Kind = TypeVar("_Kind", bound=WireEvent)
_AUTHORS = 10
_CHECKED = 20  # to check the signature of every so manieth message is enough to know what it costs
_READ_BYTES = 256 * 1024  # as a session reads
_TEXT = "This is message {}, as short as most are"
_NEWEST = "This is the newest message"


def _new_author(key: RoomKey, name: str) -> Author:
    member = Member(key, Identity.new(), name)
    author = Author(member, os.urandom(8), Sealer(key), Heads(), Recollection(), Authorship())
    author.begin()
    return author


def _seal(author: Author, texts: Iterable[str]) -> list[bytes]:
    now = time.time()
    for text in texts:
        author.say(Text(text=text), now)
    return [token + b"\n" for token in iter(lambda: author.next_token(now), None)]


class Speaker:
    """A member on a bare socket, who seals beforehand and speaks when told to."""

    def __init__(self, port: int, key: RoomKey, name: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.acknowledged = 0
        self._author = _new_author(key, name)
        self._protocol = Protocol(Side.CLIENT)
        hello = self._wait(Hello)
        card = self._author.card(time.time())
        join = Join(key.room, key.prove(hello.nonce, card), card)
        self.socket.sendall(self._protocol.send(join))
        self._author.enter(self._wait(Welcome).next_seq)

    def seal(self, texts: Iterable[str]) -> list[bytes]:
        """Return the lines of what is to be said."""
        return _seal(self._author, texts)

    def hear(self) -> None:
        """Take what has come; the others' words are passed over."""
        self._protocol.receive(self.socket.recv(1 << 20), self._take)

    def wait_acknowledged(self, count: int) -> None:
        """Wait until so much is kept."""
        while self.acknowledged < count:
            self.hear()

    def _take(self, event: WireEvent) -> None:
        if isinstance(event, Ack):
            self.acknowledged = event.count

    def _wait(self, kind: type[_Kind]) -> _Kind:
        found: list[_Kind] = []
        while not found:
            data = self.socket.recv(1 << 16)
            self._protocol.receive(data, lambda e: found.append(e) if isinstance(e, kind) else None)
        return found[0]


# In a process of its own: what is measured.


def _receive(port: int, key: RoomKey, history: int, count: int) -> dict[str, float]:
    """Hear so many messages through a session; return seconds of CPU and of the clock."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    member = Member(key, Identity.new(), "Receiver")
    heard, first = 0, 0.0
    with Session(Address("127.0.0.1", port), member, history=history) as session:
        for event in session:
            match event:
                case Connected():
                    cpu = time.process_time()
                    print("connected", flush=True)
                case Received():
                    first = first or time.perf_counter()
                    heard += 1
                case Alert():
                    raise AssertionError(event)
            if heard == count:
                break
        return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - first}


@dataclass(frozen=True, slots=True)
class _OneRoom:
    """A doorway to one room, which takes the time of coming in."""

    port: int
    key: RoomKey
    history: int
    entered: list[float]

    def open(self, name: str, listener: Callable[[Event], None]) -> Session:
        def listen(event: Event) -> None:
            if isinstance(event, Connected):
                self.entered.append(time.perf_counter())
            listener(event)

        address, member = Address("127.0.0.1", self.port), Member(self.key, Identity.new(), name)
        return Session(address, member, listener=listen, history=self.history)

    def open_file(
        self, key: RoomKey, name: str, listener: Callable[[Event], None], history: int
    ) -> Session:
        raise AssertionError((key, name, listener, history))

    def follow(self, moved: Moved) -> None:
        raise AssertionError(moved)

    def is_muted(self) -> bool:
        return False

    def mute(self, *, is_muted: bool) -> bool:
        raise AssertionError(is_muted)


def _show(port: int, key: RoomKey, history: int) -> dict[str, float]:
    """Open the app; return the seconds from coming in to the newest message's being painted."""
    # Whoever only uses a session does not load it, and what is loaded has its price.
    from sussurro_client.app.app import SussurroApp  # noqa: PLC0415 - as above
    from sussurro_client.app.ports import Entrance, Invitation  # noqa: PLC0415 - as above

    collect_rarely()  # as the program does
    entered: list[float] = []
    doorway = _OneRoom(port, key, history, entered)
    app = SussurroApp([Entrance(doorway, Invitation("Receiver", b"own", "", "relay"))])

    async def go() -> dict[str, float]:
        async with app.run_test(size=(120, 40)) as pilot:
            while not _is_painted(app):  # noqa: ASYNC110 - painting tells nobody
                await asyncio.sleep(0.02)  # to look takes time as well
            shown = time.perf_counter() - entered[0]
            await pilot.pause()
            app.leave()
        return {"shown": shown}

    return asyncio.run(go())


def _is_painted(app: "SussurroApp") -> bool:
    from sussurro_client.app.screens.room import RoomScreen  # noqa: PLC0415 - only where it is loaded

    if not isinstance(app.screen, RoomScreen) or not app.screen.is_mounted:
        return False
    view = app.screen.conversation
    return _NEWEST in view.render_line(view.size.height - 1).text


# What is around it.


@contextmanager
def _child(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(  # noqa: S603 - it is this file
        [sys.executable, "-m", "benchmarks.client", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def _line(child: subprocess.Popen[str]) -> str:
    return child.stdout.readline() if child.stdout is not None else ""


def _figures(child: subprocess.Popen[str]) -> dict[str, float]:
    figures: dict[str, float] = json.loads(_line(child))
    return figures


def _texts(count: int) -> list[str]:
    return [_TEXT.format(number) for number in range(count)]


def _measure_bursts(relay: Relay, count: int) -> dict[str, float]:
    """Let somebody hear what one sender says as fast as the relay takes it."""
    text = Fernet.generate_key().decode()
    key = RoomKey.from_text(text)
    speaker = Speaker(relay.port, key, "Ana")
    data = b"".join(speaker.seal(_texts(count)))
    with speaker.socket, _child("--receive", str(relay.port), text, "0", str(count)) as child:
        _line(child)  # it is in
        sender = threading.Thread(target=speaker.socket.sendall, args=(data,))
        sender.start()
        speaker.wait_acknowledged(count)
        sender.join()
        return _figures(child)


def _fill(relay: Relay, key: RoomKey, count: int) -> list[bytes]:
    """Let several say so much between each other, a chunk each; return what they said."""
    said: list[bytes] = []
    with ExitStack() as sockets:
        speakers = [Speaker(relay.port, key, f"Author {number}") for number in range(_AUTHORS)]
        unsaid = {speaker: speaker.seal(_texts(count // _AUTHORS)) for speaker in speakers}
        by_socket = {sockets.enter_context(each.socket).fileno(): each for each in speakers}
        poll = sockets.enter_context(select.epoll())
        for descriptor, speaker in by_socket.items():
            poll.register(descriptor, select.EPOLLIN)
            _say_next(speaker, unsaid[speaker], said)
        while any(speaker.acknowledged < count // _AUTHORS for speaker in speakers):
            for descriptor, _ready in poll.poll():
                speaker = by_socket[descriptor]
                before = speaker.acknowledged
                speaker.hear()
                if before < speaker.acknowledged < len(unsaid[speaker]):
                    _say_next(speaker, unsaid[speaker], said)
        last = speakers[0].seal([_NEWEST])
        speakers[0].socket.sendall(last[0])
        speakers[0].wait_acknowledged(count // _AUTHORS + 1)
    return [*said, *last]


def _say_next(speaker: Speaker, lines: Sequence[bytes], said: list[bytes]) -> None:
    line = lines[speaker.acknowledged]
    speaker.socket.sendall(line)
    said.append(line)


def _measure_history(relay: Relay, text: str, count: int) -> dict[str, float]:
    with _child("--receive", str(relay.port), text, str(count), str(count)) as child:
        _line(child)  # it is in
        return _figures(child)


def _measure_app(relay: Relay, text: str, count: int) -> dict[str, float]:
    with _child("--show", str(relay.port), text, str(count)) as child:
        return _figures(child)


# Where the time goes.


class _Stages:
    """The steps from bytes to events, each of which can be taken alone."""

    def __init__(self, key: RoomKey, lines: Sequence[bytes], per_chunk: int) -> None:
        chunks = [b"".join(lines[at : at + per_chunk]) for at in range(0, len(lines), per_chunk)]
        stream = b"".join(b"AT %d\n%b" % (seq, chunk) for seq, chunk in enumerate(chunks, 1))
        self._pieces = [stream[at : at + _READ_BYTES] for at in range(0, len(stream), _READ_BYTES)]
        self._tokens = [line[:-1] for line in lines]
        self._plains: list[bytes] = []
        self._key = key
        self._sealer = Sealer(key)

    def costs(self) -> dict[str, float]:
        """Return the CPU time of each stage for each message, in microseconds."""
        wire, whole, opened = map(self._cost, (self._parse, self._converse, self._open_all))
        canonical, fernet = (
            self._cost(partial(self._each, do)) for do in (is_canonical, self._key.fernet.decrypt)
        )
        self._plains = [self._sealer.decrypt(token) for token in self._tokens]
        apart = self._cost(self._take_all_apart)
        return {
            "lines and positions": wire,
            "one spelling of base64": canonical,
            "Fernet": fernet,
            "MessagePack, model, hashes": apart,
            "chains and signatures": opened - canonical - fernet - apart,
            "transcript, heads, events": whole - wire - opened,
            "all of the conversation": whole,
            "for scale: to check one signature": self._cost(self._check_all) * _CHECKED,
        }

    def _cost(self, do: Callable[[], object]) -> float:
        """Return what it costs where it is disturbed least, of three times."""
        costs: list[float] = []
        for _ in range(3):
            began = time.thread_time()
            do()
            costs.append((time.thread_time() - began) / len(self._tokens) * 1e6)
        return min(costs)

    def _each(self, do: Callable[[bytes], object]) -> None:
        for token in self._tokens:
            do(token)

    def _take_all_apart(self) -> None:
        for plain in self._plains:
            self._sealer.take_apart(plain)

    def _parse(self) -> None:
        protocol = Protocol(Side.CLIENT)
        protocol.state = State.OPEN
        for piece in self._pieces:
            protocol.receive(piece, lambda _event: None)

    def _open_all(self) -> None:
        at_once = max(len(self._tokens) // len(self._pieces), 1)
        for at in range(0, len(self._tokens), at_once):
            open_together(self._sealer, self._tokens[at : at + at_once])

    def _converse(self) -> None:
        member = Member(self._key, Identity.new(), "Receiver")
        conversation = Conversation(member, os.urandom(8), "relay", lambda _event: None)
        conversation.begin()
        conversation.receive(b"SUSSURRO 1 bm9uY2U\nWELCOME me 1 1 1\n", 0.0)
        for piece in self._pieces:
            conversation.receive(piece, 0.0)

    def _check_all(self) -> None:
        unproven = self._sealer.unlock(self._tokens[0])
        for _ in range(len(self._tokens) // _CHECKED):
            self._sealer.is_signed(unproven)


def _in_short(values: Sequence[float], form: str) -> str:
    low, middle, high = (
        form.format(each) for each in (min(values), statistics.median(values), max(values))
    )
    return f"{middle:>9} ({low}-{high})"


def _print_rates(name: str, figures: Sequence[dict[str, float]], count: int) -> None:
    wall = [count / each["wall"] for each in figures]
    cpu = [each["cpu"] / count * 1e6 for each in figures]
    by_cpu = _in_short([1e6 / each for each in cpu], "{:,.0f}")
    print(f"  {name}")
    print(f"    messages/s by the clock    {_in_short(wall, '{:,.0f}')}")
    print(f"    messages/s of CPU time     {by_cpu}")
    print(f"    CPU time of a message, us  {_in_short(cpu, '{:.1f}')}")


def _print_stages(turns: Sequence[tuple[dict[str, float], dict[str, float]]]) -> None:
    print(f"  {'CPU time of a message, us':34} {'burst':>22} {'history':>22}")
    for name in turns[0][0]:
        columns = (_in_short([turn[side][name] for turn in turns], "{:.1f}") for side in (0, 1))
        print(f"  {name:34} " + " ".join(f"{column:>22}" for column in columns))


def _compare(messages: int, rounds: int) -> None:
    text = Fernet.generate_key().decode()
    key = RoomKey.from_text(text)
    with tempfile.TemporaryDirectory() as folder:
        log = f"sqlite:///{folder}/log.db"
        with running_relay(Path(folder), RELAY_LOG=log) as relay:
            history = _fill(relay, key, messages)
            bursts = [_measure_bursts(relay, messages) for _ in range(rounds)]
            histories = [_measure_history(relay, text, messages) for _ in range(rounds)]
            shown = [_measure_app(relay, text, messages)["shown"] for _ in range(rounds)]
    burst = _seal(_new_author(key, "Ana"), _texts(messages))
    print(
        f"{messages:,} messages of {len(history[0]) - 1} characters, {rounds} rounds, medians (spread)"
    )
    _print_rates("one sender's burst, live", bursts, messages)
    _print_rates(f"history of {_AUTHORS} authors, a message a chunk", histories, messages)
    sides = _Stages(key, burst, 80), _Stages(key, history, 1)
    _print_stages([(sides[0].costs(), sides[1].costs()) for _ in range(rounds)])
    print(f"  LAST {messages:,} until it is painted in the app, s {_in_short(shown, '{:.2f}')}")


def main() -> None:
    """Measure, and print; or be the process that is measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--receive", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--show", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.receive:
        port, key, history, count = options.receive
        figures = _receive(int(port), RoomKey.from_text(key), int(history), int(count))
    elif options.show:
        port, key, history = options.show
        figures = _show(int(port), RoomKey.from_text(key), int(history))
    else:
        _compare(options.messages, options.rounds)
        return
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
