import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client import wrapping
from sussurro_client.wrapping import HAS_HYBRID, Opener, WrapError, wrap
from tests.wire.strategies import steady

SECRET, OTHER_SECRET = bytes(range(32)), bytes(range(1, 33))
KEY_FILE = b"the new key of a room, 32 bytes!"
CONTEXT = b"room and sender"
PLAIN, HYBRID = 32, 1216


@pytest.fixture(params=["plain", "hybrid"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both kinds of keys: what is installed decides between them outside of tests."""
    chosen: str = request.param
    if chosen == "hybrid" and not HAS_HYBRID:
        pytest.skip("the OpenSSL that is installed has no ML-KEM")
    monkeypatch.setattr(wrapping, "HAS_HYBRID", chosen == "hybrid")
    return chosen


@pytest.fixture
def mine(kind: str) -> Opener:
    assert kind
    return Opener(SECRET)


def test_a_key_has_the_length_of_its_kind(kind: str, mine: Opener) -> None:
    assert len(mine.wrap_key) == {"plain": PLAIN, "hybrid": HYBRID}[kind]


def test_what_is_wrapped_for_us_opens_in_its_context(mine: Opener) -> None:
    assert mine.open(wrap(KEY_FILE, mine.wrap_key, CONTEXT), CONTEXT) == KEY_FILE


def test_how_something_is_wrapped_is_said_at_its_beginning(kind: str, mine: Opener) -> None:
    wrapped = wrap(KEY_FILE, mine.wrap_key, CONTEXT)
    assert wrapped[0] == {"plain": 1, "hybrid": 2}[kind]


def test_the_same_secret_gives_the_same_keys(mine: Opener) -> None:
    again = Opener(SECRET)
    assert again.wrap_key == mine.wrap_key
    assert again.open(wrap(KEY_FILE, mine.wrap_key, CONTEXT), CONTEXT) == KEY_FILE


def test_wrapped_twice_it_does_not_look_the_same(mine: Opener) -> None:
    assert wrap(KEY_FILE, mine.wrap_key, CONTEXT) != wrap(KEY_FILE, mine.wrap_key, CONTEXT)


def test_what_is_wrapped_does_not_hold_the_secret(mine: Opener) -> None:
    assert KEY_FILE not in wrap(KEY_FILE, mine.wrap_key, CONTEXT)


def test_anybody_else_opens_nothing(mine: Opener) -> None:
    with pytest.raises(WrapError):
        Opener(OTHER_SECRET).open(wrap(KEY_FILE, mine.wrap_key, CONTEXT), CONTEXT)


@pytest.mark.parametrize("context", [b"", b"room", CONTEXT + b"\0", b"another"])
def test_in_another_context_it_does_not_open(mine: Opener, context: bytes) -> None:
    with pytest.raises(WrapError):
        mine.open(wrap(KEY_FILE, mine.wrap_key, CONTEXT), context)


def test_altered_in_any_byte_it_does_not_open(mine: Opener) -> None:
    wrapped = wrap(KEY_FILE, mine.wrap_key, CONTEXT)
    for place in range(len(wrapped)):
        altered = wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :]
        with pytest.raises(WrapError):
            mine.open(altered, CONTEXT)


def test_cut_anywhere_or_with_more_behind_it_it_does_not_open(mine: Opener) -> None:
    wrapped = wrap(KEY_FILE, mine.wrap_key, CONTEXT)
    for length in range(len(wrapped)):
        with pytest.raises(WrapError):
            mine.open(wrapped[:length], CONTEXT)
    with pytest.raises(WrapError):
        mine.open(wrapped + b"\0", CONTEXT)


@steady
@given(st.binary(max_size=200))
def test_what_was_never_wrapped_does_not_open_and_nothing_else_happens(data: bytes) -> None:
    for beginning in (b"", b"\1", b"\2", b"\3"):
        with pytest.raises(WrapError):
            Opener(SECRET).open(beginning + data, CONTEXT)


WRONG_KEYS = {
    "nothing": b"",
    "one byte too few": bytes(31),
    "all zeros, which agrees on nothing secret": bytes(32),
    "one byte more than a plain one": os.urandom(33),
    "a hybrid one with one byte too few": b"\1" * 1215,
    "a hybrid one with one byte too many": b"\1" * 1217,
    "a hybrid one that no lattice has": b"\xff" * 1216,
    "as many as a card takes": b"\1" * 2048,
}


@pytest.mark.parametrize("wrap_key", WRONG_KEYS.values(), ids=WRONG_KEYS)
def test_nothing_is_wrapped_with_what_is_no_key(wrap_key: bytes) -> None:
    with pytest.raises(WrapError):
        wrap(KEY_FILE, wrap_key, CONTEXT)


# Between two sides that have not the same installed.


needs_hybrid = pytest.mark.skipif(not HAS_HYBRID, reason="this OpenSSL has no ML-KEM")


@needs_hybrid
def test_who_has_the_hybrid_opens_what_was_wrapped_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = Opener(SECRET)
    monkeypatch.setattr(wrapping, "HAS_HYBRID", False)
    wrapped = wrap(KEY_FILE, mine.wrap_key, CONTEXT)
    assert wrapped[0] == 1
    assert mine.open(wrapped, CONTEXT) == KEY_FILE


@needs_hybrid
def test_who_has_not_the_hybrid_is_wrapped_for_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(wrapping, "HAS_HYBRID", False)
        theirs = Opener(SECRET)
    assert theirs.open(wrap(KEY_FILE, theirs.wrap_key, CONTEXT), CONTEXT) == KEY_FILE


@needs_hybrid
def test_what_is_wrapped_in_an_unknown_way_is_refused_by_who_cannot_open_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrapped = wrap(KEY_FILE, Opener(SECRET).wrap_key, CONTEXT)
    monkeypatch.setattr(wrapping, "HAS_HYBRID", False)
    with pytest.raises(WrapError, match="not known here"):
        Opener(SECRET).open(wrapped, CONTEXT)
