"""What relays say to each other of their members, as bytes. Pure.

A line of who says it, then lines of the wire. Two kinds on a room's subject, three
on that of a relay, and a sign of life on one that all hear.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sussurro_wire.codec import decode, encode
from sussurro_wire.errors import WireError
from sussurro_wire.messages import Gone, Here, Side

# Well below the 1 MiB that NATS takes.
_PART_BYTES = 256 * 1024
_RELAY = r"([0-9a-f]{16})"
_ROOM = r"([A-Za-z0-9_-]{43})"
_NUMBER = r"([0-9]{1,18})"
_NEWS = re.compile(rf"{_RELAY} {_NUMBER}")
_QUESTION = re.compile(rf"{_RELAY} who")
_SIGN = re.compile(rf"{_RELAY} (here|gone)")
_GREETING = re.compile(rf"{_RELAY} hello")
_REQUEST = re.compile(rf"{_RELAY} {_ROOM} who")
_PART = re.compile(rf"{_RELAY} {_ROOM} {_NUMBER} {_NUMBER}/{_NUMBER}")


class RumourError(Exception):
    """Something that no relay says."""


@dataclass(frozen=True, slots=True)
class News:
    """On a room's subject: the ``version``-th arrival or departure at a relay.

    Without ``what`` it says only how many there have been.
    """

    relay: str
    version: int
    what: Here | Gone | None


@dataclass(frozen=True, slots=True)
class Question:
    """On a room's subject: whoever has members there is to tell this relay."""

    relay: str


@dataclass(frozen=True, slots=True)
class Sign:
    """On the subject of all relays: one is there, or goes in order."""

    relay: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Greeting:
    """On a relay's own subject: another, which did not know of it, hears it now."""

    relay: str


@dataclass(frozen=True, slots=True)
class Request:
    """On a relay's own subject: it is to tell another of its members in a room."""

    relay: str
    room: str


@dataclass(frozen=True, slots=True)
class Part:
    """On a relay's own subject: some of another's members in a room, as of a version."""

    relay: str
    room: str
    version: int
    number: int
    parts: int
    members: tuple[Here, ...]


def write_news(news: News) -> bytes:
    """Return the message."""
    head = f"{news.relay} {news.version}\n".encode("ascii")
    return head if news.what is None else head + encode(news.what)


def write_question(relay: str) -> bytes:
    """Return the message of a `Question`."""
    return f"{relay} who\n".encode("ascii")


def write_sign(sign: Sign) -> bytes:
    """Return the message."""
    return f"{sign.relay} {'here' if sign.is_here else 'gone'}\n".encode("ascii")


def write_greeting(relay: str) -> bytes:
    """Return the message of a `Greeting`."""
    return f"{relay} hello\n".encode("ascii")


def write_request(relay: str, room: str) -> bytes:
    """Return the message of a `Request`."""
    return f"{relay} {room} who\n".encode("ascii")


def write_parts(relay: str, room: str, version: int, members: Iterable[bytes]) -> Iterator[bytes]:
    """Return the messages that hold the members' HERE lines; one where there is nobody."""
    parts: list[list[bytes]] = [[]]
    size = 0
    for line in members:
        if size + len(line) > _PART_BYTES and parts[-1]:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += len(line)
    for number, lines in enumerate(parts, start=1):
        head = f"{relay} {room} {version} {number}/{len(parts)}\n"
        yield head.encode("ascii") + b"".join(lines)


def read_in_room(payload: bytes) -> News | Question:
    """Read what was said on a room's subject; raises RumourError."""
    head, lines = _split(payload)
    if (found := _QUESTION.fullmatch(head)) and not lines:
        return Question(found[1])
    found = _NEWS.fullmatch(head)
    if found is None or len(lines) > 1:
        raise RumourError("not of a room")
    what = _read(lines[0]) if lines else None
    return News(found[1], int(found[2]), what)


def read_sign(payload: bytes) -> Sign:
    """Read what was said to all relays; raises RumourError."""
    head, lines = _split(payload)
    found = _SIGN.fullmatch(head)
    if found is None or lines:
        raise RumourError("not a sign of life")
    return Sign(found[1], found[2] == "here")


def read_to_relay(payload: bytes) -> Greeting | Request | Part:
    """Read what was said to one relay; raises RumourError."""
    head, lines = _split(payload)
    if (found := _GREETING.fullmatch(head)) and not lines:
        return Greeting(found[1])
    if (found := _REQUEST.fullmatch(head)) and not lines:
        return Request(found[1], found[2])
    found = _PART.fullmatch(head)
    if found is None:
        raise RumourError("neither asked nor told")
    members = tuple(each for each in map(_read, lines) if isinstance(each, Here))
    number, parts = int(found[4]), int(found[5])
    if len(members) != len(lines) or not 1 <= number <= parts:
        raise RumourError("not a roster")
    return Part(found[1], found[2], int(found[3]), number, parts, members)


def _split(payload: bytes) -> tuple[str, Sequence[bytes]]:
    head, _, rest = payload.partition(b"\n")
    if rest and not rest.endswith(b"\n"):
        raise RumourError("broken off")
    try:
        return head.decode("ascii"), rest.split(b"\n")[:-1]
    except UnicodeDecodeError:
        raise RumourError("not ASCII") from None


def _read(line: bytes) -> Here | Gone:
    try:
        message = decode(line, Side.RELAY)
    except WireError:
        raise RumourError("a line that no relay says") from None
    if not isinstance(message, Here | Gone):
        raise RumourError("neither an arrival nor a departure")
    return message
