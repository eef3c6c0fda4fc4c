"""Everything that can be wrong with what came over the wire."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a relay says ``BYE``, and why a member is ``GONE``: one word on the wire."""

    # an orderly end
    LEFT = "left"
    DRAIN = "drain"
    # the connection itself
    TIMEOUT = "timeout"
    LOST = "lost"
    LAGGED = "lagged"
    HANDSHAKE_TIMEOUT = "handshake-timeout"
    # what was sent
    MALFORMED = "malformed"
    UNEXPECTED = "unexpected"
    LINE_TOO_LONG = "line-too-long"
    # who may come in
    BAD_PROOF = "bad-proof"
    ROOM_REFUSED = "room-refused"
    TOO_MANY_CONNECTIONS = "too-many-connections"
    TOO_MANY_FROM_ADDRESS = "too-many-from-address"
    # the relay's own trouble
    UNAVAILABLE = "unavailable"
    OVERLOADED = "overloaded"


class WireError(Exception):
    """The peer broke the protocol; ``reason`` is what it is told.

    The text is for a log: it describes the fault and never quotes the input.
    """

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
