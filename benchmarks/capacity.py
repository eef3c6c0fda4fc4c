"""From what single things cost to what so many members need. Pure.

The processor time of all relays, for a second:

    messages x (ingest + relays of the room x feed) + deliveries x delivery + members x idle

*ingest* is what the relay that reads a message spends, *feed* what each relay that
has members of the room spends on it, *delivery* is one send. NATS spends, for each
message, *publish* and for each of those relays *copy*. Messages that come together
are sent together and cost less; that they do not is assumed, so this is an upper
bound for a room's rush and the rule for a day's even flow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

_MICRO = 1e-6
_MOST_TURNS = 1_000


@dataclass(frozen=True, slots=True)
class Costs:
    """Processor time in microseconds; ``idle`` is a member's in a second, bytes are a member's.

    ``base_bytes``: a relay without members.
    """

    ingest: float
    feed: float
    delivery: float
    publish: float
    copy: float
    # From items 4 of docs/performance.md: 11.2 % of a processor, and 3.0 KiB, for each of 10,000.
    idle: float = 11.2
    member_bytes: float = 3.0 * 1024
    base_bytes: float = 60 * 2**20
    # What the system holds for an idle connection on top.
    socket_bytes: float = 4 * 1024


@dataclass(frozen=True, slots=True)
class Habits:
    """How people are: of each room how many are there, and what each says a minute."""

    name: str
    room_size: int
    messages_a_minute: float
    message_bytes: float = 780.0  # the token of a short message
    frame_bytes: float = 90.0  # AT line, TCP and IP


@dataclass(frozen=True, slots=True)
class Limits:
    """What a relay may be used up to: processors, of which Python's lock leaves 1.3; members."""

    processors: float = 0.8
    members: int = 10_000  # RELAY_MAX_CONNECTIONS


@dataclass(frozen=True, slots=True)
class Need:
    """What it takes. Rates are a second's."""

    relays: int
    relay_processors: float
    relay_bytes: float
    out_bits: float
    messages: float
    deliveries: float
    nats_in: float
    nats_out: float
    nats_processors: float


@dataclass(frozen=True, slots=True)
class Point:
    """One measured load: ``relay`` and ``nats`` are microseconds for a message."""

    relays: int
    receivers: int
    relay: float
    nats: float


def relays_of_a_room(relays: int, members: int) -> float:
    """Return on how many relays members are, if each is on any one of them by chance."""
    return relays * (1 - (1 - 1 / relays) ** members)


def relay_cost(costs: Costs, spread: float, receivers: float) -> float:
    """Return what a message costs all relays together, in microseconds."""
    return costs.ingest + spread * costs.feed + receivers * costs.delivery


def nats_cost(costs: Costs, spread: float) -> float:
    """Return what a message costs NATS, in microseconds."""
    return costs.publish + spread * costs.copy


def need(members: int, habits: Habits, costs: Costs, limits: Limits | None = None) -> Need:
    """Return what so many members need who live like that."""
    limits = limits or Limits()
    messages = members * habits.messages_a_minute / 60
    receivers = habits.room_size - 1
    relays = 1
    for _ in range(_MOST_TURNS):  # more relays mean more that are fed, which may mean more relays
        spread = relays_of_a_room(relays, habits.room_size)
        seconds = messages * relay_cost(costs, spread, receivers) + members * costs.idle
        processors = seconds * _MICRO
        wanted = max(ceil(processors / limits.processors), ceil(members / limits.members), 1)
        if wanted <= relays:
            break
        relays = wanted
    each = habits.message_bytes + habits.frame_bytes
    return Need(
        relays=relays,
        relay_processors=processors,
        relay_bytes=relays * costs.base_bytes + members * (costs.member_bytes + costs.socket_bytes),
        out_bits=8 * messages * receivers * each,
        messages=messages,
        deliveries=messages * receivers,
        nats_in=messages,
        nats_out=messages * spread,
        nats_processors=messages * nats_cost(costs, spread) * _MICRO,
    )


def fit(points: Mapping[tuple[int, int], Point]) -> Costs:
    """Return the costs that three measured points have; by relays and receivers.

    They are one relay with few and with many receivers, and two relays with few.
    What then holds for all other points is a prediction. Raises KeyError where one is not there.
    """
    counts = {receivers for _, receivers in points}
    few, many = min(counts, default=0), max(counts, default=0)
    if few == many:
        raise KeyError(many)
    one, crowded, two = points[1, few], points[1, many], points[2, few]
    delivery = max((crowded.relay - one.relay) / (many - few), 0.0)
    feed = max(two.relay - one.relay, 0.0)
    copy = max(two.nats - one.nats, 0.0)
    return Costs(
        ingest=max(one.relay - feed - few * delivery, 0.0),
        feed=feed,
        delivery=delivery,
        publish=max(one.nats - copy, 0.0),
        copy=copy,
    )


def deviation(point: Point, costs: Costs) -> tuple[float, float]:
    """Return by which share the model is above what was measured, for relays and for NATS."""
    relay = relay_cost(costs, point.relays, point.receivers)
    nats = nats_cost(costs, point.relays)
    return relay / point.relay - 1, nats / point.nats - 1 if point.nats else 0.0
