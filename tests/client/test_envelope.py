import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import msgpack
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from sussurro_client.contents import MAX_SHARES, Text, Unknown, fields_of
from sussurro_client.envelope import Sealer, bucket_of, is_canonical
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.fingerprint import words_of
from sussurro_client.identity import Identity
from sussurro_client.key import RoomKey
from sussurro_client.letter import MAX_HEADS, MAX_NAME, Envelope, Letter
from sussurro_client.member import Member
from sussurro_wire.chunk import check_chunk
from sussurro_wire.limits import MAX_CARD, MAX_LINE, MAX_TEXT
from sussurro_wire.room import public_key_of
from tests.client.make_vectors import make, numbers_of, readable
from tests.client.scenes import ANA, BIA, KEY, NONCE, NOW, OTHER_KEY, Voice, member
from tests.wire.strategies import ALPHABET, steady

_VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
ALPHABET_IN_ORDER = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SEALER = Sealer(KEY)
FIELDS: dict[str, Any] = {
    "name": "Ana",
    "key": ANA.person.key,
    "run": b"run-0001",
    "counter": 1,
    "at": NOW * 1000,
    "after": bytes(range(32)),
    "seen": [bytes(8) + b"d" * 32],
    "since": 7,
    "content": {"kind": "text", "text": "Oi"},
}


def flaw_of(token: bytes) -> Flaw | None:
    """Return what is wrong with a token; anything but an EnvelopeError is a failure."""
    try:
        SEALER.open(token)
    except EnvelopeError as error:
        return error.flaw
    return None


# Which connection, which token of it, where that began, and the imprint of the one before.
NUMBERS = numbers_of(1, 2, 3, b"i" * 32)


def encrypt(body: bytes, signer: Member = ANA, room: str = KEY.room, **parts: bytes) -> bytes:
    """Return a token of ``body`` as a holder of the key makes it who keeps to no model."""
    numbers = parts.get("numbers", NUMBERS)
    size = len(body).to_bytes(4, "big")
    context = b"sussurro 1 envelope\n" + public_key_of(room)
    signature = parts.get("signature") or signer.identity.signer.sign(
        context + numbers + size + body
    )
    plain = parts.get("version", b"\x01") + signature + parts.get("said", numbers) + size + body
    return KEY.fernet.encrypt(plain.ljust(bucket_of(len(plain)), parts.get("padding", b"\0")))


def pack(**changes: object) -> bytes:
    body: bytes = msgpack.packb(FIELDS | changes)
    return body


def said(text: str, name: str = "Ana") -> Letter:
    envelope = Envelope(**FIELDS | {"name": name, "content": Text(text=text)})
    return SEALER.write(envelope, 1, 2, 3)


# What other implementations are written against.


def _vectors(name: str, label: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "vector", [pytest.param(each, id=each[label]) for each in _VECTORS[name]]
    )


def test_the_vectors_are_those_that_their_script_makes() -> None:
    assert make() == _VECTORS


def test_the_key_file_of_the_vectors_gives_their_room_and_proof() -> None:
    vector = _VECTORS["key"]
    key = RoomKey.from_text(vector["file"])
    assert key.signer.private_bytes_raw().hex() == vector["seed"]
    assert key.room == vector["room"]
    assert words_of(public_key_of(key.room)) == vector["fingerprint"]
    assert key.prove(vector["nonce"], vector["card"]) == vector["proof"]
    assert vector["nonce"] == NONCE


@_vectors("sealed", "about")
def test_an_envelope_is_sealed_as_its_vector_says(
    vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    iv = bytes.fromhex(vector["iv"])
    monkeypatch.setattr("os.urandom", lambda size: iv[:size])
    identity = Identity.from_private_bytes(bytes.fromhex(vector["identity"]), kept=True)
    letter = SEALER.write(_envelope(vector), *_place(vector))
    sealed = SEALER.seal(letter, identity, vector["time"])
    assert sealed.token == vector["token"].encode()
    assert sealed.imprint.hex() == vector["imprint"]


@_vectors("sealed", "about")
def test_a_token_opens_as_its_vector_says(vector: dict[str, Any]) -> None:
    letter = SEALER.open(vector["token"].encode())
    digest = bytes.fromhex(vector["digest"])
    link, index, begun, before = _place(vector)
    assert letter == Letter(_envelope(vector), link, index, begun, digest, before)
    assert letter.id == vector["id"]


@_vectors("sealed", "about")
def test_a_token_holds_the_bytes_of_its_vector(vector: dict[str, Any]) -> None:
    """The layout, taken apart with nothing of ours."""
    plain = KEY.fernet.decrypt(vector["token"])
    body, signature = bytes.fromhex(vector["body"]), bytes.fromhex(vector["signature"])
    link, index, begun, before = _place(vector)
    numbers = ((link, 4), (index, 4), (begun, 8))
    signed = b"".join(number.to_bytes(size, "big") for number, size in numbers) + before
    signed += len(body).to_bytes(4, "big") + body
    assert plain == (b"\x01" + signature + signed).ljust(vector["padded"], b"\0")
    room = public_key_of(KEY.room)
    signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vector["envelope"]["key"]))
    signer.verify(signature, b"sussurro 1 envelope\n" + room + signed)
    digest = hashlib.sha256(b"sussurro 1 message\n" + room + body)
    assert digest.hexdigest() == vector["digest"]
    imprint = hashlib.sha256(b"sussurro 1 token\n" + room + signature + signed)
    assert imprint.hexdigest() == vector["imprint"]
    fields = msgpack.unpackb(body)
    assert readable(fields) == vector["envelope"]
    assert list(fields) == list(vector["envelope"])


@_vectors("refused", "why")
def test_a_token_is_refused_with_the_flaw_of_its_vector(vector: dict[str, Any]) -> None:
    assert flaw_of(vector["token"].encode()) == vector["flaw"]


def test_a_size_falls_into_the_bucket_of_its_vector() -> None:
    assert [[size, bucket_of(size)] for size, _ in _VECTORS["buckets"]] == _VECTORS["buckets"]


def _place(vector: dict[str, Any]) -> tuple[int, int, int, bytes]:
    before = bytes.fromhex(vector["before"])
    return vector["link"], vector["index"], vector["begun"], before


def _envelope(vector: dict[str, Any]) -> Envelope:
    """Return the envelope of the vector's fields."""
    fields = dict(vector["envelope"])
    content = dict(fields["content"])
    for name in ("key", "run", "after"):
        fields[name] = bytes.fromhex(fields[name])
    fields["seen"] = tuple(map(bytes.fromhex, fields["seen"]))
    for name in ("wrap_key", "reply_to", "of", "sha256", "key", "preview", "data", "sealed"):
        if name in content:
            content[name] = bytes.fromhex(content[name])
    if "keys" in content:
        content["keys"] = tuple(map(bytes.fromhex, content["keys"]))
    if "shares" in content:
        content["shares"] = [
            {name: bytes.fromhex(value) for name, value in share.items()}
            for share in content["shares"]
        ]
    return Envelope(**fields | {"content": content})


# There and back.


def _lengths() -> list[int]:
    """Every length up to 700, and those near the edges of 1024 bytes and of buckets above."""
    overhead = len(KEY.fernet.decrypt(Voice(ANA).token("x" * 5000)).rstrip(b"\0")) - 5000
    edges = {bucket_of(size) - overhead for size in range(700, MAX_TEXT + overhead, 64)}
    edges |= set(range(1024, MAX_TEXT + 1, 1024))
    near = {edge + step for edge in edges for step in (-2, -1, 0, 1, 2)}
    return sorted(set(range(700)) | {length for length in near if 700 <= length <= MAX_TEXT})


def test_texts_of_every_length_near_an_edge_come_back_whole_and_fit_into_a_line() -> None:
    sizes: dict[int, set[int]] = {}
    for length in _lengths():
        letter = said("x" * length)
        token = SEALER.seal(letter, ANA.identity, NOW).token
        assert SEALER.open(token) == letter
        assert check_chunk(token + b"\n").count == 1
        fields = letter.envelope.model_dump()
        fields["content"] = fields_of(letter.envelope.content)
        body = len(msgpack.packb(fields))
        sizes.setdefault(bucket_of(117 + body), set()).add(len(token))
    assert all(len(lengths) == 1 for lengths in sizes.values()), "the bucket alone is seen"
    assert max(sizes) < MAX_LINE


@steady
@given(st.text(max_size=300), st.text(min_size=1, max_size=MAX_NAME))
@example("\x00\x1b\u202e\U0010ffff", "\ufdd0")
def test_all_of_unicode_comes_back(text: str, name: str) -> None:
    letter = said(text, name)
    assert SEALER.open(SEALER.seal(letter, ANA.identity, NOW).token) == letter


def test_the_longest_text_of_the_widest_characters_comes_back() -> None:
    letter = said("\U0010ffff" * (MAX_TEXT // 4), "\U0010ffff" * MAX_NAME)
    token = SEALER.seal(letter, ANA.identity, NOW).token
    assert len(token) <= MAX_LINE
    assert SEALER.open(token) == letter


@pytest.mark.parametrize("place", [(0, 0), (1, 0), (1, 1), (2**32 - 1, 2**32 - 1)])
def test_a_place_comes_back_and_makes_no_other_message(place: tuple[int, int]) -> None:
    letter = SEALER.write(said("Oi").envelope, *place)
    assert SEALER.open(SEALER.seal(letter, ANA.identity, NOW).token) == letter
    assert letter.digest == said("Oi").digest


@pytest.mark.parametrize("field", [name for name in FIELDS if name != "content"])
def test_a_digest_is_of_all_that_is_said(field: str) -> None:
    other: dict[str, Any] = {"name": "Eve", "key": BIA.person.key, "run": b"run-0002", "seen": []}
    other |= {"counter": 2, "at": 1, "after": b"", "since": 8}
    envelope = Envelope(**FIELDS | {field: other[field]})
    assert SEALER.write(envelope, 1, 2).digest != said("Oi").digest


def test_the_same_said_in_another_room_has_another_digest() -> None:
    envelope = said("Oi").envelope
    assert Sealer(OTHER_KEY).write(envelope, 1, 2).digest != said("Oi").digest


def test_the_card_of_the_longest_name_fits_where_the_wire_takes_it() -> None:
    card = Voice(member("\U0010ffff" * MAX_NAME, 1)).card()
    assert len(card) <= MAX_CARD


@steady
@given(st.integers(0, 200_000))
def test_a_bucket_costs_little_and_is_its_own_bucket(size: int) -> None:
    bucket = bucket_of(size)
    assert size <= bucket <= max(512, size * 1.12)
    assert bucket_of(bucket) == bucket
    assert bucket_of(size + 1) >= bucket


def test_there_are_few_buckets() -> None:
    assert len({bucket_of(size) for size in range(MAX_TEXT + 1024)}) < 200


def test_the_same_envelope_is_another_token_each_time_with_one_id() -> None:
    tokens = [SEALER.seal(said("Oi"), ANA.identity, NOW).token for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert {SEALER.open(token).id for token in tokens} == {said("Oi").id}


@pytest.mark.parametrize("clock", [0, 1, NOW - 600, NOW + 600, 2**33, 2**40])
def test_a_clock_that_is_wrong_loses_no_message(clock: int) -> None:
    assert SEALER.open(SEALER.seal(said("Oi"), ANA.identity, clock).token) == said("Oi")


# Altered on the way.

TOKEN = SEALER.seal(said("Oi"), ANA.identity, NOW).token


def test_a_token_with_any_character_altered_is_refused() -> None:
    for place in range(len(TOKEN)):
        other = b"B" if TOKEN[place : place + 1] == b"A" else b"A"
        altered = TOKEN[:place] + other + TOKEN[place + 1 :]
        assert flaw_of(altered) is Flaw.UNDECRYPTABLE, place


def test_a_token_with_any_bit_altered_is_refused() -> None:
    raw = base64.urlsafe_b64decode(TOKEN)
    for place in range(len(raw) * 8):
        altered = bytearray(raw)
        altered[place // 8] ^= 1 << place % 8
        assert flaw_of(base64.urlsafe_b64encode(altered)) is Flaw.UNDECRYPTABLE, place


def test_a_token_cut_anywhere_is_refused() -> None:
    assert {flaw_of(TOKEN[:length]) for length in range(len(TOKEN))} == {Flaw.UNDECRYPTABLE}


def _with_two_equals_signs() -> bytes:
    tokens = (SEALER.seal(said("x" * size), ANA.identity, NOW).token for size in range(700))
    return next(token for token in tokens if token.endswith(b"=="))


def test_one_of_sixteen_last_characters_is_the_right_one() -> None:
    token = _with_two_equals_signs()
    first = ALPHABET_IN_ORDER.index(token[-3:-2].decode()) & ~15
    variants = [token[:-3] + ALPHABET_IN_ORDER[first + bits].encode() + b"==" for bits in range(16)]
    plain = {KEY.fernet.decrypt(variant) for variant in variants}
    assert len(plain) == 1, "to Fernet all sixteen are one token"
    assert [flaw_of(variant) for variant in variants if variant != token] == [
        Flaw.UNDECRYPTABLE
    ] * 15
    assert flaw_of(token) is None


LOOSE = {
    "embedded exclamation marks": TOKEN[:50] + b"!!" + TOKEN[50:],
    "a line feed inside": TOKEN[:50] + b"\n" + TOKEN[50:],
    "a line feed at the end": TOKEN + b"\n",
    "a carriage return at the end": TOKEN + b"\r",
    "a space before": b" " + TOKEN,
    "more padding": TOKEN + b"==",
    "a suffix after the padding": TOKEN + b"AAAA",
    "another token after it": TOKEN + TOKEN,
    "a byte over 127": TOKEN + b"\xff",
}


@pytest.mark.parametrize("token", LOOSE.values(), ids=LOOSE)
def test_base64_that_is_not_canonical_is_refused(token: bytes) -> None:
    assert flaw_of(token) is Flaw.UNDECRYPTABLE


def _is_decoded_and_encoded_the_same(token: bytes) -> bool:
    try:
        return base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)) == token
    except ValueError:
        return False


@steady
@given(
    st.binary(max_size=40)
    | st.binary(max_size=40).map(base64.urlsafe_b64encode)
    | st.text(ALPHABET + "=+/\n ", max_size=12).map(str.encode)
)
@example(b"")
@example(b"=")
@example(b"A==A")
@example(b"AA=A=AAA")
@example(b"AAA=AAA=")
def test_what_is_canonical_is_what_decodes_and_is_encoded_the_same(token: bytes) -> None:
    assert is_canonical(token) == _is_decoded_and_encoded_the_same(token)


def test_of_all_endings_those_are_canonical_whose_unused_bits_are_zero() -> None:
    for last in ALPHABET_IN_ORDER.encode():
        for token in (b"AAA%c", b"AA%c=", b"A%c=="):
            ending = token % last
            assert is_canonical(ending) == _is_decoded_and_encoded_the_same(ending), ending


def test_the_other_base64_alphabet_is_refused() -> None:
    tokens = (SEALER.seal(said("Oi"), ANA.identity, NOW).token for _ in range(50))
    token = next(token for token in tokens if b"-" in token or b"_" in token)
    assert flaw_of(token.replace(b"-", b"+").replace(b"_", b"/")) is Flaw.UNDECRYPTABLE


@steady
@given(st.binary(max_size=600) | st.text(ALPHABET + "=", max_size=200).map(str.encode))
def test_anything_that_is_no_token_is_refused_and_nothing_else_happens(data: bytes) -> None:
    assert flaw_of(data) is Flaw.UNDECRYPTABLE
    assert flaw_of(b"gAAAAA" + data) is Flaw.UNDECRYPTABLE


# Made by a member who lies.


def test_a_member_who_claims_anothers_key_is_forged() -> None:
    assert flaw_of(encrypt(pack(), signer=BIA)) is Flaw.FORGED
    assert flaw_of(encrypt(pack(), signer=ANA)) is None


def test_a_signature_is_good_in_one_room_only() -> None:
    assert flaw_of(encrypt(pack(), room=OTHER_KEY.room)) is Flaw.FORGED


@pytest.mark.parametrize("place", [4, 8, 16, 48])
def test_a_signature_is_good_for_one_place_on_one_connection_only(place: int) -> None:
    moved = NUMBERS[: place - 1] + b"\7" + NUMBERS[place:]
    assert flaw_of(encrypt(pack(), said=moved)) is Flaw.FORGED
    assert flaw_of(encrypt(pack(), numbers=moved)) is None, "rightly signed it is good"


def test_a_signature_of_another_body_is_forged() -> None:
    context = b"sussurro 1 envelope\n" + public_key_of(KEY.room)
    size = len(pack()).to_bytes(4, "big")
    other = ANA.identity.signer.sign(context + NUMBERS + size + pack(counter=2))
    assert flaw_of(encrypt(pack(), signature=other)) is Flaw.FORGED


@pytest.mark.parametrize("version", [b"\0", b"\x02", b"\xff"])
def test_an_unknown_version_is_forged(version: bytes) -> None:
    assert flaw_of(encrypt(pack(), version=version)) is Flaw.FORGED


def test_padding_is_zeros_up_to_the_bucket_and_no_other() -> None:
    plain = KEY.fernet.decrypt(TOKEN)
    wrong = (
        plain[:-1] + b"\1",
        plain + bytes(1),
        plain + bytes(256),
        plain[:-1],
        plain[:112],
        plain[:70],
        b"",
    )
    assert {flaw_of(KEY.fernet.encrypt(each)) for each in wrong} == {Flaw.FORGED}


def test_a_length_that_reaches_beyond_the_end_is_forged() -> None:
    plain = KEY.fernet.decrypt(TOKEN)
    for length in (0, 1, len(plain), 2**31, 2**32 - 1):
        lying = plain[:113] + length.to_bytes(4, "big") + plain[117:]
        assert flaw_of(KEY.fernet.encrypt(lying)) is Flaw.FORGED


BOMBS = {
    "deep arrays": b"\x91" * 60_000,
    "deep maps": b"\x81\xa0" * 30_000,
    "an array of four thousand million": b"\xdd\xff\xff\xff\xff",
    "a map of four thousand million": b"\xdf\xff\xff\xff\xff",
    "a text of four thousand million bytes": b"\xdb\xff\xff\xff\xff",
    "bytes of four thousand million": b"\xc6\xff\xff\xff\xff",
    "an extension of four thousand million bytes": b"\xc9\xff\xff\xff\xff\x05",
    "a timestamp with too many nanoseconds": b"\xd7\xff" + b"\xff" * 8,
    "a timestamp of no length": b"\xc7\x00\xff",
    "a reserved byte": b"\xc1",
    "a map with a map as key": b"\x81\x80\x80",
    "a map with bytes as keys": b"\x81\xc4\x01a\x01",
    "text that is no UTF-8": b"\x81\xa4name\xa2\xff\xfe",
    "text with half a surrogate pair": b"\x81\xa4name\xa3\xed\xa0\x80",
    "nothing": b"",
    "nil": b"\xc0",
    "not a number": b"\xcb\x7f\xf8" + bytes(6),
    "a body and something after it": pack() + b"\xc0",
    "half a body": pack()[:-3],
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_body_that_is_no_envelope_is_forged_and_harms_nobody(body: bytes) -> None:
    assert flaw_of(encrypt(body)) is Flaw.FORGED


@steady
@given(st.binary(max_size=200))
def test_a_random_body_is_forged_and_nothing_else_happens(body: bytes) -> None:
    assert flaw_of(encrypt(body)) is Flaw.FORGED


REKEY: dict[str, Any] = {"kind": "rekey", "room": KEY.room, "shares": [], "is_last": True}
WRONG_FIELDS: dict[str, dict[str, object]] = {
    "no name": {"name": ""},
    "a name over the limit": {"name": "x" * (MAX_NAME + 1)},
    "a name of bytes": {"name": b"Ana"},
    "a short key": {"key": bytes(31)},
    "a key that is no point": {"key": b"\xff" * 32},
    "a key as text": {"key": "x" * 32},
    "a short run": {"run": bytes(7)},
    "a long run": {"run": bytes(9)},
    "a negative counter": {"counter": -1},
    "a counter over the limit": {"counter": 2**63},
    "a counter that is a fraction": {"counter": 1.0},
    "a counter that is a truth": {"counter": True},
    "a counter as text": {"counter": "1"},
    "a digest before that is too long": {"after": bytes(33)},
    "a digest before as text": {"after": "x"},
    "no heads": {"seen": None},
    "too many heads": {"seen": [bytes(40)] * (MAX_HEADS + 1)},
    "a short head": {"seen": [bytes(39)]},
    "a long head": {"seen": [bytes(41)]},
    "a head that is a number": {"seen": [5]},
    "a negative beginning": {"since": -1},
    "a beginning over the limit": {"since": 2**63},
    "a time before 1970": {"at": -1},
    "a time that no calendar has": {"at": 2**53 - 1},
    "no content": {"content": None},
    "a content without kind": {"content": {"text": "Oi"}},
    "a kind that is no word": {"content": {"kind": 7, "text": "Oi"}},
    "a kind that is too long": {"content": {"kind": "x" * 33}},
    "a text without text": {"content": {"kind": "text"}},
    "a text of bytes": {"content": {"kind": "text", "text": b"Oi"}},
    "a text over the limit": {"content": {"kind": "text", "text": "x" * (MAX_TEXT + 1)}},
    "a key to wrap for over the limit": {"content": {"kind": "card", "wrap_key": bytes(2049)}},
    "a key to wrap for as text": {"content": {"kind": "card", "wrap_key": "x" * 32}},
    "a new key without shares": {"content": REKEY | {"shares": None}},
    "a new key for no room": {"content": REKEY | {"room": ""}},
    "a new key that is the last by a number": {"content": REKEY | {"is_last": 1}},
    "a share for no key": {"content": REKEY | {"shares": [{"to": bytes(31), "wrapped": b""}]}},
    "a share over the limit": {
        "content": REKEY | {"shares": [{"to": bytes(32), "wrapped": bytes(4097)}]}
    },
    "too many shares": {
        "content": REKEY | {"shares": [{"to": bytes(32), "wrapped": b""}] * (MAX_SHARES + 1)}
    },
}


@pytest.mark.parametrize("changes", WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_field_with_a_wrong_value_is_forged(changes: dict[str, object]) -> None:
    assert flaw_of(encrypt(pack(**changes))) is Flaw.FORGED


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_forged(field: str) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != field}
    assert flaw_of(encrypt(msgpack.packb(fields))) is Flaw.FORGED


def test_a_kind_of_a_later_version_is_known_as_such_and_no_forgery() -> None:
    token = encrypt(pack(content={"kind": "poll", "question": "?"}))
    assert SEALER.open(token).envelope.content == Unknown(kind="poll")


def test_a_field_that_a_later_version_adds_is_passed_over() -> None:
    content = {"kind": "text", "text": "Oi", "mood": "fine"}
    letter = SEALER.open(encrypt(pack(color="blue", content=content)))
    assert letter.envelope == said("Oi").envelope
    assert letter.digest != said("Oi").digest, "which is of the body as it came"


@pytest.mark.parametrize("name", ["", "x" * (MAX_NAME + 1), "\ud800"])
def test_a_name_that_others_would_refuse_is_not_sealed(name: str) -> None:
    with pytest.raises(ValidationError):
        said("Oi", name)
