"""Where the corpus begins: legal input of each kind, and one of each kind that is refused.

``python -m tests.fuzz.seeds`` writes them into the corpus; `make fuzz` adds what it finds.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from sussurro_relay.cluster import rumour
from sussurro_relay.cluster.rumour import News, Sign
from sussurro_wire.codec import encode
from sussurro_wire.messages import Gone, Here, Side
from sussurro_wire.protocol import State
from tests.fuzz import files, seeds_client, seeds_files
from tests.fuzz.rumours import BREAK
from tests.relay.table import NONCE, SECRET
from tests.support.proxy import (
    LOCAL,
    PROXY,
    UDP4,
    UNIX,
    UNSPECIFIED,
    header_for,
    raw_header,
    tlv,
)
from tests.wire.link import SCRIPT, protocol_in, say

CORPUS = Path(__file__).parent / "corpus"
_VECTORS = json.loads((CORPUS.parents[1] / "wire" / "vectors.json").read_text("utf-8"))
_TOKENS = b"gAAAAAa\ngAAAAAb=\ngAAAAAc==\n"
_ILLEGAL = (
    b"gAAAAA=b\n", b"gAAAAA===\n", b"gAAAAA!\n", b"gAAAA" + b"x" * 40 + b"\n", b"gAAAAAa\r\n",
    b"\n", b"gAAAAAa", b"TT\n", b"gAAAAAagAAAAAb=gAAAAAc\n", b"gAAA\n",
)  # fmt: skip
_ROOM_LINES = b"PING a\n" + _TOKENS + b"WHO\nPAST 1000003 5\nPONG b\n"


def seeds() -> Iterator[tuple[str, bytes]]:
    """Go through all seeds, each with the name of its target."""
    for name, inputs in {
        "lines": _lines(),
        "chunk": _chunks(),
        "verbs": _verbs(),
        "stream": _streams(),
        "room": _rooms(),
        "relay": _relays(),
        "proxy": _proxy_headers(),
        "rumours": _rumours(),
        "relay-settings": _relay_settings(),
        "log-file": _log_files(),
        "memory-files": seeds_client.memory_files(),
        "token": seeds_client.tokens(),
        "liar": seeds_client.liars(),
        "conversation": seeds_client.conversations(),
        "key": seeds_client.keys(),
        "picture": seeds_client.pictures(),
        "address": seeds_client.addresses(),
        "pin": seeds_client.pins(),
        "wrapped": seeds_client.wrapped(),
        "file-name": seeds_files.names(),
        "preview": seeds_files.previews(),
        "parts": seeds_files.parts(),
        "typed": seeds_client.typed(),
        "display": seeds_client.texts(),
        "faces": seeds_client.faces(),
    }.items():
        for data in inputs:
            yield name, data


def _lines() -> Iterator[bytes]:
    yield b"\x10\x01\x02\x03\x04" + _ROOM_LINES
    yield b"\x03\x00\x00\x00\x00" + b"a line\nand too long a rest"


def _chunks() -> Iterator[bytes]:
    yield b"\x20" + _TOKENS
    for lines in _ILLEGAL:
        yield b"\x20" + lines
        yield b"\x20" + _TOKENS + lines


def _verbs() -> Iterator[bytes]:
    for vector in (*_VECTORS["verbs"], *_VECTORS["illegal_verbs"]):
        line: str = vector["line"]
        if len(line) < 600:
            yield line.encode("latin-1")


def _streams() -> Iterator[bytes]:
    for number, side in enumerate((Side.CLIENT, Side.RELAY)):
        sides = {each: protocol_in(State.GREETING, each) for each in Side}
        said = b""
        for speaker, events in SCRIPT:
            lines = b"".join(say(sides[speaker], event) for event in events)
            for listener in Side:
                if listener is not speaker:
                    sides[listener].receive(lines, lambda _: None)
            said += lines if speaker is not side else b""
        for state in range(len(State)):
            yield bytes((number, state, 0, 1, 200, 7, 30)) + said
        for fault in _ILLEGAL:
            yield bytes((number, 3, 2, 3, 0, 0, 1)) + _TOKENS + b"PING a\n" + fault + _TOKENS


def _rooms() -> Iterator[bytes]:
    for kind, size in enumerate((32, 64)):
        word = base64.urlsafe_b64encode(bytes(range(size))).rstrip(b"=")
        yield bytes([0, kind]) + word
        yield bytes([0, kind]) + word[:-1] + b"9"
        yield bytes([0, kind]) + word + b"="
    yield b"\x03\x02!!!!"


def _relays() -> Iterator[bytes]:
    join = protocol_in(State.JOINING, Side.CLIENT).send(SECRET.join(NONCE))
    wrong = join.replace(b"gAAAAAcard", b"gAAAAAdrac")
    for head in (b"\0\0\0\0", b"\0\1\1\0"):
        for lines in (join, wrong, join.replace(b" ", b"  ", 1), b"TT\n", b"WHO\n", b"BYE left\n"):
            yield head + b"\x50\x50\x50\x50" + lines
    for number in range(8):
        head = bytes((1, number & 1, number >> 1 & 1, number >> 2))
        yield head + b"\x07\x40\x00\x20" + _ROOM_LINES * 3
        yield head + b"\x00\x00\x00\x00" + _ROOM_LINES * 2 + b"TT\n" + _TOKENS
        yield head + b"\x00\x00\x00\x00" + _ROOM_LINES + _ILLEGAL[number] + _TOKENS
    yield b"\1\0\0\0\0\0\0\0" + b"x" * 4400
    yield b"\1\0\0\0\0\0\0\0" + b"gAAAA" + b"x" * 4100 + b"\n"


def _rumours() -> Iterator[bytes]:
    relay, room = "0123456789abcdef", "r" * 43
    here, gone = Here("ana", "gAAAAAcard"), Gone("ana", "left")
    news = [
        rumour.write_news(News(relay, number, what))
        for number, what in enumerate((here, gone, here, None), start=1)
    ]
    part = f"{relay} {room} 2 %d/2\nHERE s%d gAAAAAc\n"
    others = [
        rumour.write_question(relay),
        rumour.write_greeting(relay),
        rumour.write_request(relay, room),
        rumour.write_sign(Sign(relay, is_here=True)),
        *rumour.write_parts(relay, room, 7, [encode(here)]),
        *((part % (number, number)).encode() for number in (1, 2)),
    ]
    yield from (*news, *others)
    yield BREAK.join(news)
    yield BREAK.join((news[0], others[4], others[5], news[2], others[6], news[3]))
    yield f"{relay} {'9' * 30}\n".encode() + encode(here)


def _proxy_headers() -> Iterator[bytes]:
    headers = (
        header_for("198.51.100.7", tlv(4, b"\0" * 9)),
        header_for("2001:db8::9"),
        header_for("::ffff:198.51.100.7"),
        raw_header(LOCAL, UNSPECIFIED, b""),
        raw_header(PROXY, UNSPECIFIED, tlv(4, b"")),
        raw_header(PROXY, UNIX, b"\0" * 216),
        raw_header(PROXY, UDP4, b"\0" * 12),
        raw_header(0x31, UNSPECIFIED, b""),
        b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 5454\r\n",
    )
    for header in headers:
        yield b"\x06" + header + b"JOIN"


def _relay_settings() -> Iterator[bytes]:
    values = {
        "rooms": (SECRET.room, f"{SECRET.room}, {SECRET.room}", "x", ",", ""),
        "trusted_proxies": ("192.0.2.7", "10.0.0.0/8 2001:db8::/32,", "10.0.0.1/8", "::/129", "a"),
        "log": ("memory:", "sqlite:///var/log.db", "sqlite://", "sqlite:///", "memory"),
        "port": ("5454", "65536", "-1", "x", "0"),
        "handshake_seconds": ("1", "0", "nan", "inf", "1e400", "-1", "0x1"),
        "drain_seconds": ("5", "inf", "1e300", "86401"),
        "retention_seconds": ("0", "1" + "0" * 30, "-1"),
        "rate_bytes": ("0", "1" + "0" * 180),
        "max_line_bytes": ("1024", "1023", "131073", "131072"),
        "sync": ("normal", "full", "FULL"),
        "log_level": ("info", "trace"),
        "io_threads": ("1", "64", "65"),
    }
    for field, texts in values.items():
        for text in texts:
            yield bytes([files.FIELDS.index(field)]) + text.encode()


def _log_files() -> Iterator[bytes]:
    yield b""
    yield b"\1\2\x08\x00"  # cut in the middle
    yield b"\1\0"  # empty
    for page, place, change in (
        (0, 0, b"xxxx"), (0, 18, b"\1\1"), (0, 28, b"\xff"), (0, 60, b"\0\0\0\x63"),
        (0, 68, b"abcd"), (0, 100, b"\0\0"), (0, 105, b"\xff\xff"), (0, 3900, b"\xff\x8d"),
        (1, 0, b"\x05"), (2, 8, b"\0\0"), (3, 5, b"\xff"), (4, 0, b"\x0a"), (5, 3, b"\x7f"),
    ):  # fmt: skip
        yield bytes((0, page)) + place.to_bytes(2, "big") + change
    # The lines of a chunk turn from bytes into text: the page is whole, its meaning is not.
    place = files.good_file().index(b"\x87\x4c")
    yield bytes((0, place // 4096)) + (place % 4096).to_bytes(2, "big") + b"\x87\x4d"


def main() -> None:
    """Write every seed into its target's folder, under a name that follows from what is in it."""
    for name, data in seeds():
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
