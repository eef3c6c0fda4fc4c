"""Where the corpus of the client's targets begins."""

import base64
import io
import json
from collections.abc import Iterator

import msgpack
import segno
from PIL import Image

from sussurro_client.posts import tag_of
from tests.client.scenes import KEY_TEXT
from tests.client.test_display import ORDINARY, SUSPECTS
from tests.fuzz import talk
from tests.fuzz import tokens as lies
from tests.fuzz.typed import SAID
from tests.relay.table import SECRET

_LARGEST_PICTURE = 1500  # bytes


def pictures() -> Iterator[bytes]:
    for text in (KEY_TEXT, "https://example.org", ""):
        code = io.BytesIO()
        segno.make(text or "0").save(code, kind="png", scale=3)
        with Image.open(code) as picture:
            for kind in ("PNG", "GIF", "BMP", "WEBP", "JPEG"):
                other = io.BytesIO()
                picture.convert("1" if kind in ("PNG", "BMP") else "L").save(other, kind)
                if len(data := other.getvalue()) <= _LARGEST_PICTURE:
                    yield data
                    yield data[: len(data) // 2]


_ID, _OWN = SAID[0].id, SAID[1].id
_TAG = tag_of(_ID)


def memory_files() -> Iterator[bytes]:
    somebody = {"name": "Bia", "key": "A" * 43 + "=", "is_owner": True, "is_verified": False}
    another = somebody | {"key": "B" * 43 + "=", "is_verified": True, "wrap_key": "AAAA"}
    mark = ["A" * 43 + "=", "AAAAAAAAAAA=", 1, 2]
    heard = {"relay": "relay.example:5454", "position": 7, "marks": [mark, mark]}
    met: tuple[list[object], ...] = (
        [], [somebody], [somebody, another], [somebody, somebody], ["Bia"], [{}],
    )  # fmt: skip
    for people in met:
        yield b"\0" + json.dumps({"people": people}).encode()
    for change in ({}, {"position": -1}, {"marks": [[1]]}, {"relay": ""}, {"position": 10**30}):
        yield b"\1" + json.dumps(heard | change).encode()
    for text in (
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 300,
        b'{"people": [{"name": "\\ud800"}]}',
    ):
        yield b"\0" + text


def conversations() -> Iterator[bytes]:
    everything = bytes(range(talk.TOKENS))
    yield b"\0" + b"".join(bytes((3, number + 5, 1, number)) for number in everything)
    yield b"\1" + b"".join(bytes((2, number)) for number in everything)
    yield b"\0" + b"".join(bytes((3, 9, 2, number, number)) for number in everything)
    for verb in range(talk.VERBS):
        yield b"\0" + bytes((1, verb, 1, 7, 1, 9, 1, 3))
        yield b"\2" + bytes((1, verb, 8)) + b"\xff" * 8 + b"\x08" + b"\xff" * 8 + bytes((4, 1, 65))
    for card in range(talk.CARDS):
        yield b"\0" + bytes((1, 3, 1, card, 7, 1, 3, 2, card, 1, 5, 1, 2, 5, 255))
    say, speak, ack = bytes((4, 2, 79, 105)), bytes((5, 255)), bytes((1, 1, 1, 1, 6))
    again = bytes((6, 1, 1, 1, 20, 2))
    yield b"\0" + say + speak + ack
    yield b"\0" + say * 3 + speak + again + speak + ack + again + speak + ack
    yield b"\0" + say + speak + again + bytes((3, 8, 1, talk.TOKENS - 6)) + speak
    yield b"\0" + again + bytes((0, 5)) + b"BYE x" + bytes((9, 7, 8, 9))


def tokens() -> Iterator[bytes]:
    yield b"\0"
    yield b"\1"
    yield b"\2gAAAAA"
    for place in (0, 5, 20, 100, 700):
        yield b"\0" + place.to_bytes(2, "big") + b"\1\1A"
        yield b"\1" + place.to_bytes(2, "big") + b"\0\1A"
    yield b"\0\x02\xff\4\0"
    yield b"\0\xff\xff\0\1 "  # a space after its end


def liars() -> Iterator[bytes]:
    honest = lies.honest_body()
    contents: tuple[object, ...] = (
        honest["content"],
        {"kind": "card", "wrap_key": b"w" * 32},
        {
            "kind": "rekey",
            "room": SECRET.room,
            "shares": [{"to": b"t" * 32, "wrapped": b"w"}],
            "is_last": True,
        },
        {"kind": "poll"},
    )
    bodies = [honest | {"content": content} for content in contents]
    bodies.append(honest | {"seen": [b"x" * 40], "after": b"a" * 32, "other": [None]})
    for body in bodies:
        packed: bytes = msgpack.packb(body)
        yield b"\1" + packed
        yield b"\0" + lies.sealed_plain(packed)
    yield b"\0" + bytes(512)
    yield b"\1" + b"\x91" * 600
    yield b"\1" + b"\xdf\xff\xff\xff\xff"
    yield b"\1" + b"\xc6\xff\xff\xff\xff"
    for field in range(len(honest) + 1):
        for value in range(0, lies.LIES, 3):
            yield bytes((2, field, value))
    for value in range(lies.LIES, lies.LIES + 6):
        yield bytes((2, 0, value, 3)) + b"\xed\xa0\x80"
    for place in (0, 1, 64, 65, 69, 73, 76):
        yield bytes((3, 8, 0, place, 1))


def keys() -> Iterator[bytes]:
    good = base64.urlsafe_b64encode(bytes(range(32)))
    yield from (good, good + b"\n", good[:-1], good[:-2] + b"9=", b" " + good, good + good, b"\xff")


def addresses() -> Iterator[bytes]:
    for address in (
        "localhost", "relay.example:5454", "[::1]:5454", "::1", "[::1]", "a:0", "a:65536", ":1",
        "a:b", "a" * 64 + ".example", "straße.example:1", "a..b", "xn--a:1", "a\0b", "]:1", "[a:1",
        "a:٣",
    ):  # fmt: skip
        yield address.encode()


def pins() -> Iterator[bytes]:
    digits = bytes(range(32)).hex()
    yield digits.encode()
    yield bytes(range(224, 256)).hex(":").upper().encode()
    yield (digits[:-1] + "g").encode()
    yield (digits[:-1] + "٣").encode()


def wrapped() -> Iterator[bytes]:
    yield from (b"\2", b"\3", b"\2\0\0\1", b"\3\0\0\1", b"\3\0\5\1", b"\2\0\0\0 ", b"\3\0\0\0 ")
    yield from (b"\0", b"\0\1", b"\0\2" + bytes(40), b"\0\3", b"\1", b"\1" + bytes(32))
    yield from (b"\1" + bytes(range(size % 256)) * (size // 256 + 1) for size in (31, 32, 1216))


def texts() -> Iterator[bytes]:
    for text in ORDINARY:
        yield text.encode()
    yield SUSPECTS.encode("utf-8", "surrogatepass")
    for suspect in SUSPECTS:
        yield f"a{suspect}b".encode("utf-8", "surrogatepass")


def typed() -> Iterator[bytes]:
    for line in (
        "Oi", "TT", " TT \r", "/who", "/help", "/quit", "/say TT", "/say", "//x", "/x", "/ who", "",
        " ", '{"text": "Oi"}', '{"text": "\\ud800"}', '{"text": 1}', '{"command": "who"}',
        '{"command": "leave"}', '{"command": "x"}', "{", '{"a":' * 50, '{"a": 1e999}', "[1]",
        "/send a b.png", "/send", "/sendto Bia a", "/sendto", "/save", "/save #lusab x", "/cancel",
        '{"command": "send_file", "path": "a"}', '{"command": "save", "id": "00"}',
        '{"command": "cancel"}', '{"command": "send_file", "path": "a", "to": "Nobody"}',
        "/trust Bia", "/trust", "/trust Bia fabip", "/fingerprint", "/fingerprint Bia",
        "/fingerprint Eve", "/move", "/move fabip", '{"command": "trust", "name": "Bia"}',
        '{"command": "trust", "name": 1}', '{"command": "fingerprint", "name": "\\u001b"}',
        "/mute", "/theme", "/theme x", "/me :wave: `:wave:` :+1:", "@Bia: bia.",
        '{"command": "move"}', "/reply Oi", "/reply #x", f"/reply {_TAG} Oi", "/edit new", "/edit",
        "/delete", f"/delete {_TAG}", "/delete x", "/react :heart:", f"/react {_TAG} x", "/me waves",
        "/me", "/msg Bia Oi", "/msg Bia", "/msg", '/msg "Bia" Oi', "/search Oi", "/search",
        "/searchall Oi", "/searchall", "/earlier", "/earlier 7", "/earlier x", "/list", "/list 2",
        f'{{"text": "Oi", "reply_to": "{_ID}", "ref": "\\ud800"}}',
        f'{{"text": "Oi", "reply_to": "{_OWN}", "ref": 1}}',
        '{"text": "Oi", "to": "Bia"}', '{"text": "Oi", "to": "Bia", "words": "x"}',
        f'{{"command": "edit", "id": "{_OWN}", "text": "new"}}',
        f'{{"command": "edit", "id": "{_ID}", "text": "new"}}',
        f'{{"command": "delete", "id": "{_OWN}"}}', '{"command": "delete", "id": "x"}',
        f'{{"command": "react", "id": "{_ID}", "emoji": ":heart:"}}', '{"command": "typing"}',
        '{"command": "earlier", "messages": 7}', '{"command": "list", "ref": [1]}',
        '{"command": "search", "text": "Oi", "everything": true}',
    ):  # fmt: skip
        for head in (b"\0", b"\1"):
            yield head + line.encode() + b"\n"


def faces() -> Iterator[bytes]:
    name = b"\x0a\x1b]0;x\x07\xe2\x80\xae!"
    for kind in range(11):
        yield bytes([kind]) + (name + b"\x02\x07\x07") * 6
    text = b"\x14one\n[09:46] Ana: two!"
    for content in range(10):
        for head in (b"\0", b"\x02"):
            yield head + name + bytes(32) + bytes([content]) + text + b"\x09" * 140
            yield head + name + bytes(32) + bytes([content]) + b"\x01" * 230
