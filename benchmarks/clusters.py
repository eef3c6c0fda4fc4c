"""Our relays over NATS, with members spread over them; one server keeps the log, or three."""

import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.contenders import Contender, Place, Running
from benchmarks.load import Form
from benchmarks.ours import join, serving
from benchmarks.sockets import free_port
from tests.support.nats_server import NatsServer, why_no_nats
from tests.support.nats_trio import NatsTrio


def cluster(relays: int, servers: int, python: str) -> Contender:
    """Return so many relays over one NATS server, or over three that each keep everything."""
    s = "" if relays == 1 else "s"

    @contextmanager
    def run(_rooms: int) -> Iterator[Running]:
        with ExitStack() as opened, tempfile.TemporaryDirectory() as folder:
            url, pids = opened.enter_context(_nats(Path(folder), servers))
            settings = {"RELAY_LOG": url, "RELAY_NATS_REPLICAS": str(servers)}
            ports = []
            processes = []
            for _ in range(relays):
                ports.append(free_port(2))
                processes.append(opened.enter_context(serving(python, ports[-1], settings)))
            yield Running(
                tuple(process.pid for process in processes),
                ports[0],
                _joining(ports),
                Form,
                ports[0] + 1,
                pids,
            )

    name = f"{relays} relay{s}, NATS R={servers}"
    return Contender(name, run, is_missing=why_no_nats() is not None)


@contextmanager
def _nats(folder: Path, servers: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    if servers == 1:
        one = NatsServer(folder / "nats")
        one.start()
        try:
            yield one.url, (one.pid,)
        finally:
            one.remove()
        return
    trio = NatsTrio(folder)
    try:
        trio.start()
        yield trio.url, tuple(server.pid for server in trio.servers)
    finally:
        trio.close()


def _joining(ports: Sequence[int]) -> Callable[[Sequence[Place]], list[socket.socket]]:
    """Return what lets members join, each at the next relay."""

    def enter(places: Sequence[Place]) -> list[socket.socket]:
        members: dict[int, socket.socket] = {}
        for turn, port in enumerate(ports):
            share = range(turn, len(places), len(ports))
            members |= zip(share, join(port, [places[number] for number in share]), strict=True)
        return [members[number] for number in range(len(places))]

    return enter
