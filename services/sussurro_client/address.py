"""Where a relay listens. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """Where a relay listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return HOST:PORT, with an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
