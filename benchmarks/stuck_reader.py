"""One reader that never reads, beside fifty that do: what the others notice of it.

    python -m benchmarks.stuck_reader --seconds 60

Runs a real relay under load, in turns without and with the stuck reader, and prints the
others' latency side by side. Latency is from the sender's write to the reader's read, all
on this machine, so the ratio is what counts, not the microseconds.
"""

import argparse
import base64
import select
import socket
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from sussurro_client.key import RoomKey
from tests.support.programs import Relay, running_relay

_READERS = 50
_RATE = 200  # messages a second
_SIZE = 4096  # bytes of a token: large enough to fill a closed window within seconds
_CARD = "gAAAA" + "A" * 400


@dataclass(frozen=True, slots=True)
class Figures:
    """What the readers measured in one turn, in microseconds."""

    p50: float
    p99: float
    deliveries: int


def _join(port: int, key: RoomKey, buffer: int = 0) -> socket.socket:
    member = socket.socket()
    if buffer:
        member.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    member.connect(("127.0.0.1", port))
    nonce = member.recv(4096).decode().split()[2]
    member.sendall(f"JOIN {key.room} {key.prove(nonce, _CARD)} {_CARD}\n".encode())
    heard = b""
    while b"WELCOME" not in heard:
        heard += member.recv(65536)
    return member


def _token() -> bytes:
    """Return a line that holds the time it was made, as a token's characters."""
    stamp = base64.urlsafe_b64encode(time.monotonic_ns().to_bytes(9, "big"))
    return (b"gAAAA" + stamp).ljust(_SIZE, b"A") + b"\n"


def _latencies(data: bytes, now: int) -> list[float]:
    found = []
    start = data.find(b"gAAAA")
    while 0 <= start <= len(data) - 17:
        sent = int.from_bytes(base64.urlsafe_b64decode(data[start + 5 : start + 17]), "big")
        found.append((now - sent) / 1000)
        start = data.find(b"\ngAAAA", start) + 1 or -1
    return found


def _measure(relay: Relay, seconds: float, *, with_stuck: bool) -> Figures:
    key = RoomKey.from_text(Fernet.generate_key().decode())
    latencies: list[float] = []
    with ExitStack() as sockets:
        if with_stuck:
            sockets.enter_context(_join(relay.port, key, buffer=4096))
        sender = sockets.enter_context(_join(relay.port, key))
        readers = [sockets.enter_context(_join(relay.port, key)) for _ in range(_READERS)]
        poll = select.epoll()
        by_descriptor = {reader.fileno(): reader for reader in (*readers, sender)}
        for each in by_descriptor.values():
            each.setblocking(False)
            poll.register(each, select.EPOLLIN)
        end = time.monotonic() + seconds
        due = time.monotonic()
        while (now := time.monotonic()) < end:
            if now >= due:
                sender.send(_token())
                due += 1 / _RATE
            for descriptor, _ in poll.poll(max(0.0, due - time.monotonic())):
                data = by_descriptor[descriptor].recv(1 << 20)
                if descriptor != sender.fileno():
                    latencies += _latencies(data, time.monotonic_ns())
        poll.close()
    steps = statistics.quantiles(latencies, n=100)
    return Figures(steps[49], steps[98], len(latencies))


def main() -> None:
    """Measure in turns, and print the medians side by side."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of load, for each of the two")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    turns: dict[bool, list[Figures]] = {False: [], True: []}
    with tempfile.TemporaryDirectory() as folder, running_relay(Path(folder)) as relay:
        for _ in range(options.rounds):
            for with_stuck in (False, True):
                seconds = options.seconds / options.rounds
                turns[with_stuck].append(_measure(relay, seconds, with_stuck=with_stuck))
    print(
        f"{_READERS} readers, {_RATE} messages/s of {_SIZE} bytes, {options.rounds} rounds, medians"
    )
    medians = {}
    for with_stuck, figures in turns.items():
        p50 = statistics.median(each.p50 for each in figures)
        p99 = statistics.median(each.p99 for each in figures)
        spread = (
            f"{min(each.p99 for each in figures):,.0f}-{max(each.p99 for each in figures):,.0f}"
        )
        count = sum(each.deliveries for each in figures)
        name = "with one stuck" if with_stuck else "without"
        print(
            f"  {name:15} p50 {p50:8,.0f} us   p99 {p99:8,.0f} us ({spread})   {count:,} deliveries"
        )
        medians[with_stuck] = p50, p99
    (p50, p99), (stuck_p50, stuck_p99) = medians[False], medians[True]
    print(f"  with / without  p50 {stuck_p50 / p50:8.2f}      p99 {stuck_p99 / p99:8.2f}")


if __name__ == "__main__":
    main()
