"""Who may come in: limits on connections, the list of rooms, and the proof of the key."""

import threading
from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sussurro_wire.errors import Reason, WireError
from sussurro_wire.messages import Join
from sussurro_wire.room import proof_bytes, public_key_of, signature_of

Network = IPv4Network | IPv6Network

# The address of a connection that a proxy has made, until it has said whose it is: nobody's.
UNKNOWN = ""
# Above this share of the connections, who has not joined is given less time to do so.
_CROWDED_AT = 0.75


class Doorkeeper:
    """Counts connections, in all and from each address. Its lock guards the counts."""

    def __init__(self, limit: int, limit_per_address: int) -> None:
        self._limit = limit
        self._limit_per_address = limit_per_address
        self._lock = threading.Lock()
        self._of_address: Counter[str] = Counter()
        self._total = 0

    def admit(self, address: str) -> Reason | None:
        """Count a connection from ``address``; return why not, where it is one too many."""
        with self._lock:
            if self._total >= self._limit:
                return Reason.TOO_MANY_CONNECTIONS
            if self._of_address[address] >= self._limit_per_address:
                return Reason.TOO_MANY_FROM_ADDRESS
            self._total += 1
            self._of_address[address] += 1
            return None

    def admit_unknown(self) -> Reason | None:
        """Count a connection by a trusted proxy; `introduce` may say later whose it is."""
        with self._lock:
            if self._total >= self._limit:
                return Reason.TOO_MANY_CONNECTIONS
            self._total += 1
            return None

    def introduce(self, address: str) -> Reason | None:
        """Count an unknown connection as one from ``address``; return why not, and it stays unknown."""
        with self._lock:
            if self._of_address[address] >= self._limit_per_address:
                return Reason.TOO_MANY_FROM_ADDRESS
            self._of_address[address] += 1
            return None

    def __len__(self) -> int:
        """How many are connected; any thread."""
        return self._total

    def is_crowded(self) -> bool:
        """Return whether so many are connected that strangers have to hurry; any thread."""
        return self._total >= self._limit * _CROWDED_AT

    def release(self, address: str) -> None:
        """Take note that a connection that was admitted has ended."""
        with self._lock:
            self._total -= 1
            if address == UNKNOWN:
                return
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]


class TrustedProxies:
    """The addresses that are believed when they say for whom they call. Immutable."""

    __slots__ = ("_networks",)

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def __contains__(self, address: str) -> bool:
        """Whether a connection from ``address``, as the system writes it, begins with a header."""
        if not self._networks:
            return False
        known = ip_address(address)
        return any(known in network for network in self._networks)


def check_join(join: Join, nonce: str, rooms: frozenset[str]) -> None:
    """Check that the client holds the room's key, and that the room is served here.

    ``rooms`` is the allow-list; empty, every room is served. Raises WireError
    with ``room-refused`` or ``bad-proof``.
    """
    if rooms and join.room not in rooms:
        raise WireError(Reason.ROOM_REFUSED, "a room that is not on the list")
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key_of(join.room))
        key.verify(signature_of(join.proof), proof_bytes(nonce, join.room, join.card))
    except (InvalidSignature, ValueError):
        raise WireError(Reason.BAD_PROOF, "the proof is not by the room's key") from None


class Rate:
    """A bucket of bytes that refills; a sender over it is not read for a while. Pure."""

    __slots__ = ("_at", "_burst", "_level", "_per_second")

    def __init__(self, per_second: int, now: float) -> None:
        """Allow ``per_second`` bytes a second, and two seconds' worth at once."""
        self._per_second = per_second
        self._burst = 2.0 * per_second
        self._level = self._burst
        self._at = now

    def take(self, size: int, now: float) -> None:
        """Count ``size`` bytes that were read; the bucket may go below zero."""
        self._refill(now)
        self._level -= size

    def is_over(self, now: float) -> bool:
        """Return whether the sender has to wait."""
        self._refill(now)
        return self._level < 0

    def _refill(self, now: float) -> None:
        self._level = min(self._burst, self._level + (now - self._at) * self._per_second)
        self._at = now
