"""Members who say nothing, and still answer each PING."""

import select
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def answered(members: Sequence[socket.socket]) -> Iterator[None]:
    """Read all that these are told, and answer PINGs, in a thread until the block ends."""
    ended = threading.Event()
    by_descriptor = {member.fileno(): member for member in members}
    # Not a daemon: it is awaited below.
    thread = threading.Thread(target=_answer, args=(by_descriptor, ended), name="answering")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _answer(members: dict[int, socket.socket], ended: threading.Event) -> None:
    with select.epoll() as poll:
        for descriptor in members:
            poll.register(descriptor, select.EPOLLIN)
        while not ended.is_set():
            for descriptor, _ in poll.poll(0.1):
                told = members[descriptor].recv(65536)
                if not told:
                    poll.unregister(descriptor)
                elif (answer := answers(told)) != b"":
                    members[descriptor].sendall(answer)


def answers(told: bytes) -> bytes:
    """Return what answers the PINGs in what was told."""
    lines = told.split(b"\n")
    return b"".join(b"PONG" + line[4:] + b"\n" for line in lines if line.startswith(b"PING "))
