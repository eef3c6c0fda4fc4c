"""What one thread has counted. Plain numbers: counting costs a chunk, not a message."""

from bisect import bisect_left
from collections import Counter

# Upper bounds in seconds, the same for every time that is taken here.
TIME_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Times:
    """How often something took how long. Written by one thread, read by any."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(TIME_BUCKETS) + 1)  # the last: over every bound
        self.total = 0.0  # seconds

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(TIME_BUCKETS, seconds)] += 1
        self.total += seconds


class Tally:
    """Written by one thread, read by any: a reader may see a number a moment old."""

    __slots__ = (
        "bytes_in", "bytes_out", "connections", "fanout", "frames_in", "frames_out",
        "lagging", "opened", "refused",
    )  # fmt: skip

    def __init__(self) -> None:
        self.opened = 0
        self.connections = 0
        self.lagging = 0  # members who are on their way through pages of the log
        self.frames_in = 0
        self.frames_out = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.refused: Counter[str] = Counter()
        self.fanout = Times()  # from the read of a chunk to this thread's last send of it
