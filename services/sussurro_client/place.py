"""Where in a room's log we are, over as many connections as it takes. Pure.

The log's numbers rise. What a connection brought last is asked for again on the
next one, as it may have been cut off in the midst. An ACK comes in the place of what
we said, after all that stands before it: so a sender is not sent its own words again.
"""

from sussurro_wire.messages import Ack, Welcome


class Place:
    """The chunk that arrives, and where the next connection takes up. Owned by the conversation."""

    __slots__ = (
        "_acked_in", "_again", "_came_before", "_is_disorder_told", "_is_whole", "_live_from",
        "has_begun", "resume", "seq",
    )  # fmt: skip

    def __init__(self) -> None:
        self.seq = 0  # the chunk whose tokens are arriving
        self.resume: int | None = None  # where the next connection takes up ...
        self.has_begun = False  # ... whether that chunk has come, or a part of it ...
        self._is_whole = False  # ... and whether something came after it, so that it was all
        self._again: int | None = None  # the chunk that we asked for a second time
        self._live_from = 0  # chunks below are history
        self._came_before = 0  # the first chunk that was not there when this connection began
        self._acked_in = 0  # the chunk of its last ACK: whatever comes now stands above
        self._is_disorder_told = False  # on this connection

    @property
    def is_again(self) -> bool:
        """Whether the chunk that arrives was asked for a second time."""
        return self.seq == self._again

    @property
    def is_live(self) -> bool:
        """Whether the chunk that arrives is no history."""
        return self.seq >= self._live_from

    @property
    def is_before_history(self) -> bool:
        """Whether no chunk has come yet, and the first to come is as far as history goes back."""
        return self._again is None and not self.has_begun

    @property
    def due(self) -> int:
        """Which chunk must still be there when we come back."""
        return (self.resume or 0) + self._is_whole

    def begin(self) -> None:
        """Start over on a new connection."""
        self.seq = self._acked_in = 0
        self._again = None
        self._is_disorder_told = False

    def ask_again(self) -> int | None:
        """Return the chunk to ask for, a second time; None: we never came in."""
        self._again = self.resume
        return self.resume

    def enter(self, welcome: Welcome) -> bool:
        """Take note that we are in; return whether for the first time."""
        self._came_before = welcome.next_seq
        if self.resume is not None:
            return False
        # From here on we are a member: should no history come, we come back to this.
        self._live_from = self.resume = welcome.next_seq
        return True

    def skip_to(self, oldest: int) -> None:
        """Take note that what we come back for is not kept, and the log goes on at ``oldest``."""
        self.resume, self.has_begun, self._is_whole = oldest, False, False

    def end_chunk(self) -> None:
        """Take note that something else came: nothing comes in the midst of a chunk."""
        if self.seq:
            self._is_whole = True

    def arrive(self, seq: int) -> bool:
        """Take note that a chunk arrives; return whether to tell that the numbers fell."""
        is_disorder = seq <= max(self.seq, self._acked_in)
        self.end_chunk()
        self.seq = seq
        if not self.has_begun or seq > (self.resume or 0):
            self.resume, self.has_begun, self._is_whole = seq, True, False
        return is_disorder and self._is_first_disorder()

    def acknowledge(self, ack: Ack) -> bool:
        """Take note of an ACK; return whether to tell that the numbers fell."""
        # What we say stands after all that was there when we came, and rises.
        is_disorder = bool(ack.count) and ack.seq <= max(self._acked_in, self._came_before - 1)
        self._acked_in = max(self._acked_in, ack.seq)
        if ack.count and not is_disorder and ack.seq > (self.resume or 0):
            self.resume, self.has_begun, self._is_whole = ack.seq, True, True
        return is_disorder and self._is_first_disorder()

    def _is_first_disorder(self) -> bool:
        is_first = not self._is_disorder_told
        self._is_disorder_told = True
        return is_first
