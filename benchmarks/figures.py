"""What one run gave, as the generator has printed it."""

import json
import os
from dataclasses import dataclass

# Of its one thread, and of all processors: beyond this there was nothing left to give.
_FULL_THREAD, _FULL_MACHINE = 0.9, 0.94


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution, in microseconds."""

    p50: float
    p90: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One run; times in seconds unless the name says otherwise.

    ``seconds`` ends with the last delivery, ``elapsed`` when the generator stopped
    waiting; processor time was taken over the latter. ``late_us`` is how late the
    generator itself said a message, on average, and ``latest_us`` at worst.
    """

    latency: Spread
    last_receiver: Spread
    deliveries: int
    missing: int
    malformed: int
    misordered: int
    gone: int
    seconds: float
    elapsed: float
    relay_cpu_seconds: float
    load_cpu_seconds: float
    machine_cpu_seconds: float
    late_us: float
    latest_us: float

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.deliveries / max(self.seconds, 1e-9)

    @property
    def cpu_us(self) -> float:
        """The relay's processor time for a delivery, in microseconds."""
        return self.relay_cpu_seconds * 1e6 / max(self.deliveries, 1)

    @property
    def relay_cpu_share(self) -> float:
        """The relay's share of one processor."""
        return self.relay_cpu_seconds / max(self.elapsed, 1e-9)

    @property
    def load_cpu_share(self) -> float:
        """The generator's share of one processor."""
        return self.load_cpu_seconds / max(self.elapsed, 1e-9)

    @property
    def other_cpu_share(self) -> float:
        """The share of one processor that everybody else on this machine used."""
        others = self.machine_cpu_seconds - self.relay_cpu_seconds - self.load_cpu_seconds
        return max(others, 0.0) / max(self.elapsed, 1e-9)

    @property
    def limit(self) -> str:
        """What, other than the relay, had nothing left to give; empty: nothing.

        ``machine``: relay and generator together had all processors for themselves.
        """
        if self.load_cpu_share > _FULL_THREAD:
            return "generator"
        full = _FULL_MACHINE * (os.cpu_count() or 1)
        return "machine" if self.relay_cpu_share + self.load_cpu_share > full else ""

    @property
    def flaws(self) -> str:
        """What did not arrive as it should, in words; empty if everything did."""
        counts = {
            "missing": self.missing,
            "malformed": self.malformed,
            "misordered": self.misordered,
            "cut off": self.gone,
        }
        return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def read_figures(text: str) -> Figures:
    """Return the figures that the generator has printed."""
    values = json.loads(text)
    latency, last = (Spread(**values.pop(name)) for name in ("latency_us", "last_receiver_us"))
    return Figures(latency, last, **values)
