"""The corpus of `make fuzz` as a test of its own, and the targets put to the test in their turn."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sussurro_client.address import Address
from sussurro_client.contents import MAX_PART
from sussurro_client.envelope import Sealer
from sussurro_client.errors import KeyFileError
from sussurro_client.letter import Letter
from sussurro_client.transcript import Judgement, Verdict
from sussurro_relay.cluster import rumour
from sussurro_relay.cluster.elsewhere import Elsewhere
from sussurro_wire.chunk import Chunk
from sussurro_wire.codec import decode
from sussurro_wire.messages import Gone
from tests.fuzz.seeds import CORPUS, seeds
from tests.fuzz.targets import TARGETS

_MOST_BYTES = 200_000


def inputs(name: str) -> list[bytes]:
    """Return what the corpus has for a target."""
    return [file.read_bytes() for file in sorted((CORPUS / name).iterdir())]


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_of_the_corpus_is_harmless(name: str) -> None:
    for data in inputs(name):
        TARGETS[name].check(data)


def test_every_target_has_a_corpus_with_its_seeds_in_it() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)
    missing = [name for name, data in seeds() if data not in inputs(name)]
    assert missing == []


def test_the_corpus_is_small_and_no_input_is_longer_than_its_target_takes() -> None:
    sizes = [(name, len(data)) for name in TARGETS for data in inputs(name)]
    assert sum(size for _, size in sizes) < _MOST_BYTES
    assert [(name, size) for name, size in sizes if size > TARGETS[name].max_len] == []


@dataclass(frozen=True)
class Plant:
    """A bug put in the place of what ``where`` names."""

    target: str
    where: str
    bug: Any


class _SignsAnything:
    """A key that finds every signature good."""

    @classmethod
    def from_public_bytes(cls, _key: bytes) -> "_SignsAnything":
        return cls()

    def verify(self, _signature: bytes, _signed: bytes) -> None:
        """Find it good."""


_strict_open = Sealer.open


def _open_with_spaces(sealer: Sealer, token: bytes) -> Letter:
    return _strict_open(sealer, token.strip())


class _AnyAddress:
    @staticmethod
    def validate_python(text: str) -> Address:
        return Address(text, 0)


def _quoting(text: str) -> None:
    raise KeyFileError(f"This is no key: {text}")


def _unchecked(lines: bytes, _limit: int = 0) -> Chunk:
    return Chunk(lines, lines.count(b"\n"))


def _lose_a_stranger(_elsewhere: Elsewhere, _relay: str) -> list[Gone]:
    return [Gone("nobody", "lost")]


def _unescaped(
    _self: object, event: str, fields: dict[str, object] | None = None, **others: object
) -> str:
    return json.dumps({"event": event, **(fields or {}), **others}, ensure_ascii=False)


PLANTS = {
    "a line is handed out in halves": Plant(
        "lines", "sussurro_wire.lines.LineBuffer.feed", lambda _self, data: data
    ),
    "glued tokens pass": Plant("chunk", "tests.fuzz.wire.check_chunk", _unchecked),
    "a verb has two spellings": Plant(
        "verbs", "tests.fuzz.wire.decode", lambda line, sender: decode(line.rstrip(), sender)
    ),
    "a stream is not checked": Plant("stream", "sussurro_wire.protocol.check_chunk", _unchecked),
    "a word is cut to its size": Plant(
        "room", "tests.fuzz.wire.decode_bytes", lambda word, size: word.encode("latin-1")[:size]
    ),
    "answers get lost": Plant(
        "relay", "sussurro_relay.outgoing.Outgoing.reply", lambda _self, _lines: None
    ),
    "nobody is ever read": Plant(
        "relay", "sussurro_relay.connection.Connection.may_read", lambda _self, _now: False
    ),
    "memory is not given back": Plant(
        "relay", "sussurro_relay.budget.Budget.drop", lambda _self, _buffer: None
    ),
    "a header ends before its additions": Plant(
        "proxy", "sussurro_relay.proxy_header.ProxyHeader._length", property(lambda _self: 0)
    ),
    "what one relay says is taken for another kind": Plant(
        "rumours", "sussurro_relay.cluster.rumour._QUESTION", rumour._SIGN
    ),
    "who is lost had never come": Plant(
        "rumours", "sussurro_relay.cluster.elsewhere.Elsewhere.lose", _lose_a_stranger
    ),
    "a log has no place": Plant(
        "relay-settings",
        "sussurro_relay.settings.RelaySettings.log_path",
        property(lambda _self: Path("log.db")),
    ),
    "a damaged file is a surprise": Plant(
        "log-file", "sussurro_relay.log.sqlite_file._DAMAGES", ()
    ),
    "what was kept cannot be kept again": Plant(
        "memory-files", "tests.fuzz.files.RoomFolder.save", lambda _self, _snapshot: False
    ),
    "a token may have spaces around it": Plant(
        "token", "sussurro_client.envelope.Sealer.open", _open_with_spaces
    ),
    "every signature is good": Plant(
        "liar", "sussurro_client.envelope.Ed25519PublicKey", _SignsAnything
    ),
    "whatever comes again is new": Plant(
        "conversation",
        "sussurro_client.transcript.Transcript.judge",
        lambda *_, **__: Judgement(Verdict.NEW),
    ),
    "an acknowledgement says that all is kept": Plant(
        "conversation", "sussurro_client.outbox.Outbox.settle", lambda _self, _counter: True
    ),
    "an error quotes the key": Plant("key", "tests.fuzz.client.RoomKey.from_text", _quoting),
    "what is no picture is a surprise": Plant(
        "picture", "sussurro_client.key_picture.ClientError", KeyError
    ),
    "anything is an address": Plant("address", "tests.fuzz.client.ADDRESS", _AnyAddress),
    "a fingerprint is anything": Plant("pin", "tests.fuzz.client.parse_pin", str),
    "a wrong key is a surprise": Plant("wrapped", "sussurro_client.wrapping.InvalidTag", KeyError),
    "a name is a path": Plant(
        "file-name", "sussurro_client.files.safe_file_name._SEPARATORS", re.compile("(?!)")
    ),
    "a preview is not drawn": Plant("preview", "tests.fuzz.offers.half_blocks", lambda _data: ()),
    "parts leave space between them": Plant(
        "parts", "sussurro_client.files.fetching.MAX_PART", 2 * MAX_PART
    ),
    "a line means nothing": Plant(
        "typed", "sussurro_client.line_mode.perform_line", lambda _line, _do: None
    ),
    "a text is shown as it came": Plant("display", "tests.fuzz.shown.safe_text", str),
    "a text is not set in": Plant(
        "faces", "sussurro_client.plain_posts.set_in", lambda text: text.replace("\x1b", "")
    ),
    "JSON is not escaped": Plant("faces", "sussurro_client.json_face.JsonFace._line", _unescaped),
}


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_a_bug_that_is_planted_is_found_by_the_corpus(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plant.where, plant.bug)
    assert any(_fails(TARGETS[plant.target].check, data) for data in inputs(plant.target))


def test_every_target_has_a_bug_planted() -> None:
    assert {plant.target for plant in PLANTS.values()} == set(TARGETS)


def _fails(check: Callable[[bytes], None], data: bytes) -> bool:
    try:
        check(data)
    except Exception:  # noqa: BLE001 - what escapes is a finding, whatever it is
        return True
    return False
