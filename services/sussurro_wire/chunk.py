"""Whole-chunk checks of token lines.

A chunk is checked with a few operations over all its bytes at once, never line
by line: this is the relay's hot path. After the check nothing in a chunk can be
taken for a verb, and no two tokens can be taken for one.
"""

from dataclasses import dataclass

from sussurro_wire.errors import Reason, WireError
from sussurro_wire.limits import MAX_LINE

TOKEN_START = b"gAAAA"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


# The hot path again: freezing it would cost more than making it. Nobody changes one.
@dataclass(slots=True)
class Chunk:
    """Complete token lines as they came, byte for byte, and how many they are."""

    lines: bytes
    count: int

    def tokens(self) -> list[bytes]:
        """Return the tokens without their line feeds."""
        return self.lines.split(b"\n")[:-1]


def check_chunk(lines: bytes, limit: int = MAX_LINE) -> Chunk:
    """Return ``lines`` as a Chunk.

    ``lines`` must end in a line feed and every line must be a token: only the
    characters of URL-safe base64, beginning ``gAAAA``, ``=`` only as one or two
    at the end, at most ``limit`` bytes. Raises WireError otherwise.
    """
    # Length first: a line that is too long is refused as such before its end is known.
    if len(lines) > limit + 1 and max(map(len, lines.split(b"\n"))) > limit:
        raise WireError(Reason.LINE_TOO_LONG, f"a token of over {limit} bytes")
    # What is left without the alphabet is a few bytes a line, and counting there costs nothing.
    others = lines.translate(None, _ALPHABET)
    count, padding = others.count(b"\n"), others.count(b"=")
    if count + padding != len(others):
        raise WireError(Reason.MALFORMED, "a token line holds a byte that no token has")
    if not lines.startswith(TOKEN_START) or lines.count(b"\n" + TOKEN_START) != count - 1:
        raise WireError(Reason.MALFORMED, "a line is neither a verb nor a token")
    # Each line adds at most one to each right-hand count, and exactly its own
    # number of "=" when they stand at its end and are at most two.
    if padding and padding != lines.count(b"=\n") + lines.count(b"==\n"):
        raise WireError(Reason.MALFORMED, "a token has padding in its middle")
    if not lines.endswith(b"\n"):
        raise WireError(Reason.MALFORMED, "the last line is not finished")
    return Chunk(lines, count)
