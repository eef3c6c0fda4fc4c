"""Three relays over three NATS servers, behind one door: the whole cluster, on one machine."""

import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.docker import wait_for
from tests.support.haproxy import knows_proxies, open_door
from tests.support.nats_trio import SIZE, NatsTrio
from tests.support.ports import free_port
from tests.support.programs import Relay
from tests.support.wire_cutter import WireCutter

_READY_SECONDS = 60.0


class RelayTrio:
    """The cluster. Each relay has wires of its own to each NATS server, which can be cut."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Start everything; ``settings`` are the relays'."""
        self._folder = folder
        self._settings = settings
        self.nats = NatsTrio(folder)
        self._closing: list[Callable[[], None]] = [self.nats.close]
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    @property
    def port(self) -> int:
        """Where members knock."""
        return self._door.port

    def kill(self, number: int) -> int:
        """Let one relay die with SIGKILL; return its exit code."""
        self.relays[number].process.kill()
        return self.relays[number].stop()

    def terminate(self, number: int) -> int:
        """Let one relay end in order; return its exit code."""
        return self.relays[number].stop()

    def start_again(self, number: int) -> None:
        """Start a relay at the place of one that has ended, and wait until it is ready."""
        self.relays[number] = self._start_relay(number)
        self.wait_ready(number)

    def wait_ready(self, number: int) -> None:
        """Wait until new members are welcome at this relay."""
        relay = self.relays[number]
        wait_for(lambda: _is_ready(relay), f"relay {number} to be ready", _READY_SECONDS)

    def wait_until_well(self) -> None:
        """Wait until every server and every relay is."""
        self.nats.wait_until_well()
        for number in range(SIZE):
            self.wait_ready(number)

    def cut_from_nats(self, number: int) -> None:
        """Keep all that this relay and the NATS servers say to each other, in silence."""
        for wire in self._wires[number]:
            wire.cut()

    def join(self) -> None:
        """Make every network whole."""
        self.nats.join()
        for wires in self._wires:
            for wire in wires:
                wire.join()

    def close(self) -> None:
        """End everything and leave nothing behind."""
        for close in reversed(self._closing):
            close()

    def journal(self) -> list[str]:
        """Return what the relays that run have written."""
        return [line for relay in self.relays for line in relay.journal]

    def _start(self) -> None:
        self.nats.start()
        self._wires = [[WireCutter(s.port) for s in self.nats.servers] for _ in range(SIZE)]
        self._closing += [wire.close for wires in self._wires for wire in wires]
        self._ports = [(free_port(), free_port()) for _ in range(SIZE)]
        self.relays: list[Relay] = []
        self._closing.append(self._end_relays)
        for number in range(SIZE):
            self.relays.append(self._start_relay(number))
        for number in range(SIZE):
            self.wait_ready(number)
        self._door = open_door(self._folder, self._ports)
        self._closing.append(self._door.close)

    def _start_relay(self, number: int) -> Relay:
        port, metrics_port = self._ports[number]
        folder = self._folder / f"relay-{number}"
        folder.mkdir(exist_ok=True)
        proxies = {"RELAY_TRUSTED_PROXIES": "127.0.0.0/8"} if knows_proxies() else {}
        return Relay(
            folder,
            RELAY_PORT=str(port),
            RELAY_METRICS_PORT=str(metrics_port),
            RELAY_LOG=",".join(f"nats://127.0.0.1:{wire.port}" for wire in self._wires[number]),
            RELAY_NATS_REPLICAS=str(SIZE),
            **proxies,
            **self._settings,
        )

    def _end_relays(self) -> None:
        with ThreadPoolExecutor(SIZE) as pool:
            list(pool.map(Relay.stop, self.relays))


def _is_ready(relay: Relay) -> bool:
    url = f"http://127.0.0.1:{relay.metrics_port}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
