"""How long and how much a durable log keeps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """How long and how much is kept; 0: without limit. Bytes of lines, not of the file."""

    seconds: int = 0
    room_bytes: int = 0
    total_bytes: int = 0
