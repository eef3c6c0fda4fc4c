"""What can be wrong with a log before it starts, and with a message on its way into one."""


class LogError(Exception):
    """The log cannot be used; the text is a sentence that says what to do."""


class UnsettledError(TimeoutError):
    """NATS takes a copy of a message to be under way, and may do so long after it has lost it."""
