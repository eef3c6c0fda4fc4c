"""What is done to a cluster while a crowd talks through it. Each leaves it whole."""

from collections.abc import Callable
from random import Random

from tests.support.crowd import Crowd
from tests.support.nats_trio import SIZE
from tests.support.relay_trio import RelayTrio

_KILLED = -9
_DEAD_SECONDS = 3.0  # for which a killed server is missed, before it is started again

Blow = Callable[[RelayTrio, Crowd, Random], None]


def roll(trio: RelayTrio, crowd: Crowd, random: Random) -> None:
    """End each relay in order, and start the next version in its place before the next one."""
    for number in random.sample(range(SIZE), SIZE):
        assert trio.terminate(number) == 0, trio.relays[number].journal[-5:]
        trio.start_again(number)
        crowd.let_talk(1.0)


def kill_relay(trio: RelayTrio, crowd: Crowd, random: Random) -> None:
    """Kill any one relay; start it again a moment later."""
    number = random.randrange(SIZE)
    assert trio.kill(number) == _KILLED
    crowd.let_talk(_DEAD_SECONDS)
    trio.start_again(number)


def kill_nats(trio: RelayTrio, crowd: Crowd, random: Random) -> None:
    """Kill the NATS server that leads the stream, or any other; start it again a moment later."""
    number = _server(trio, random)
    trio.nats.servers[number].kill()
    crowd.let_talk(_DEAD_SECONDS)
    trio.nats.servers[number].start()


def kill_both(trio: RelayTrio, crowd: Crowd, random: Random) -> None:
    """Kill a NATS server and a relay at once; start both again a moment later."""
    server, relay = _server(trio, random), random.randrange(SIZE)
    trio.relays[relay].process.kill()
    trio.nats.servers[server].kill()
    assert trio.kill(relay) == _KILLED
    crowd.let_talk(_DEAD_SECONDS)
    trio.nats.servers[server].start()
    trio.start_again(relay)


def cut_relay(seconds: float) -> Blow:
    """Return what keeps all that one relay and NATS say to each other for so long."""

    def cut(trio: RelayTrio, crowd: Crowd, random: Random) -> None:
        trio.cut_from_nats(random.randrange(SIZE))
        crowd.let_talk(seconds)
        trio.join()

    return cut


def cut_nats(seconds: float) -> Blow:
    """Return what keeps all that the stream's leader and another server say to each other."""

    def cut(trio: RelayTrio, crowd: Crowd, random: Random) -> None:
        leader = trio.nats.stream_leader()
        trio.nats.cut(leader, random.choice([n for n in range(SIZE) if n != leader]))
        crowd.let_talk(seconds)
        trio.join()

    return cut


def _server(trio: RelayTrio, random: Random) -> int:
    """Return the stream's leader half of the time: it is the one that hurts."""
    return trio.nats.stream_leader() if random.random() < 0.5 else random.randrange(SIZE)
