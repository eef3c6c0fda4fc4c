"""What one thread has counted. Plain numbers: counting costs a chunk, not a message."""

from bisect import bisect_left
from collections import Counter

FANOUT_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Tally:
    """Written by one thread, read by any: a reader may see a number a moment old."""

    __slots__ = (
        "bytes_in", "bytes_out", "connections", "fanout", "fanout_sum", "frames_in",
        "frames_out", "opened", "refused",
    )  # fmt: skip

    def __init__(self) -> None:
        self.opened = 0
        self.connections = 0
        self.frames_in = 0
        self.frames_out = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.refused: Counter[str] = Counter()
        self.fanout = [0] * (len(FANOUT_BUCKETS) + 1)
        self.fanout_sum = 0.0

    def observe_fanout(self, seconds: float) -> None:
        """Count one chunk's way from its read to this thread's last send of it."""
        self.fanout[bisect_left(FANOUT_BUCKETS, seconds)] += 1
        self.fanout_sum += seconds
