"""What makes a relay one of several: one connection to NATS, over which it shares log and presence."""

from collections.abc import Callable, Sequence

from sussurro_relay.budget import Budget
from sussurro_relay.cluster.bus import Bus
from sussurro_relay.cluster.presence import Presence
from sussurro_relay.log.nats import NatsLog
from sussurro_relay.log.retention import Retention


class Cluster:
    """The parts, put together. For the server's thread; `presence` says what is for others."""

    def __init__(self, servers: Sequence[str], heartbeat_seconds: float) -> None:
        self.bus = Bus(servers)
        self.presence = Presence(self.bus, heartbeat_seconds)
        self.presence.start()

    def open_log(
        self,
        replicas: int,
        retention: Retention,
        is_wanted: Callable[[str], bool],
        budget: Budget,
    ) -> NatsLog:
        """Return the log, which starts the bus and ends it, after a goodbye to the other relays."""
        self.bus.when_ending(self.presence.end)
        return NatsLog(self.bus, replicas, retention, is_wanted, budget)
