"""What members of a chaos run talk to: one relay, or a cluster; both can be hurt."""

from pathlib import Path
from random import Random
from typing import Protocol

from tests.support.chaos_plan import NATS
from tests.support.nats_trio import SIZE
from tests.support.ports import free_port
from tests.support.programs import Relay
from tests.support.relay_trio import RelayTrio


class RelaySide(Protocol):
    """One relay or several, at one place."""

    @property
    def port(self) -> int:
        """Where members connect, whatever happens behind it."""

    def restart(self, *, kill: bool) -> None:
        """End a relay, with SIGKILL or in order, and start it again."""

    def close(self) -> None:
        """End everything."""


class OneRelay:
    """One process."""

    def __init__(self, folder: Path, log: str, **settings: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._settings = {
            "RELAY_PORT": str(self.port),
            "RELAY_LOG": log.format(folder=folder),
        } | settings
        self._relay = Relay(folder, **self._settings)

    def restart(self, *, kill: bool) -> None:
        """Start again at the same place; a log in a file is there again."""
        if kill:
            self._relay.process.kill()
        _check_end(self._relay.stop(), self._relay, kill=kill)
        self._relay = Relay(self._folder, **self._settings)

    def close(self) -> None:
        """End it."""
        self._relay.stop()


class ManyRelays:
    """Three relays behind a door, over three NATS servers."""

    def __init__(self, folder: Path, seed: int, **settings: str) -> None:
        self._random = Random(seed)
        self._trio = RelayTrio(folder, **settings)
        self.port = self._trio.port

    def restart(self, *, kill: bool) -> None:
        """End any one of them and start it again."""
        number = self._random.randrange(SIZE)
        relay = self._trio.relays[number]
        code = self._trio.kill(number) if kill else self._trio.terminate(number)
        _check_end(code, relay, kill=kill)
        self._trio.start_again(number)

    def close(self) -> None:
        """End everything."""
        self._trio.close()


def open_relay_side(folder: Path, log: str, seed: int, **settings: str) -> RelaySide:
    """Start what keeps its log like this."""
    if log == NATS:
        return ManyRelays(folder, seed, **settings)
    return OneRelay(folder, log, **settings)


def _check_end(code: int, relay: Relay, *, kill: bool) -> None:
    assert code == (-9 if kill else 0), relay.journal[-5:]
