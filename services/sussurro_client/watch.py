"""Whether the relay still gives signs of life. Pure: the time is given."""


class Watch:
    """Counts the silence of one connection. Belongs to the session's thread."""

    __slots__ = ("_asked", "_heard", "_heartbeat")

    def __init__(self, heartbeat: float, now: float) -> None:
        self._heartbeat = heartbeat
        self._heard = now
        self._asked = False

    def heard(self, now: float) -> None:
        """Take note of a sign of life."""
        self._heard, self._asked = now, False

    def is_over(self, now: float) -> bool:
        """Return whether the silence has lasted two heartbeats."""
        return now - self._heard > 2 * self._heartbeat

    def should_ask(self, now: float) -> bool:
        """Return true once in each silence of a heartbeat."""
        ask = not self._asked and now - self._heard > self._heartbeat
        self._asked = self._asked or ask
        return ask
