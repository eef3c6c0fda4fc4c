import re

from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.fingerprint import _word, short_words_of, words_of
from tests.wire.strategies import steady


@steady
@given(st.binary(min_size=32, max_size=32))
def test_a_fingerprint_is_five_words_that_can_be_spoken(key: bytes) -> None:
    word = "[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]"
    assert re.fullmatch(f"{word}(-{word}){{4}}", words_of(key))


def test_one_changed_bit_of_a_key_changes_its_fingerprint() -> None:
    keys = {bytes(32)} | {(1 << bit).to_bytes(32, "big") for bit in range(256)}
    assert len({words_of(key) for key in keys}) == len(keys)


def test_words_are_those_of_the_proquint_proposal() -> None:
    """Its own examples: 127.0.0.1 and 63.84.220.193."""
    halves = (0x7F00, 0x0001, 0x3F54, 0xDCC1)
    assert [_word(bits) for bits in halves] == ["lusab", "babad", "gutih", "tugad"]


def test_a_fingerprint_begins_with_the_first_bits_of_the_keys_sha256() -> None:
    """SHA-256 of nothing begins e3b0 c442."""
    assert words_of(b"").startswith(f"{_word(0xE3B0)}-{_word(0xC442)}-")


@steady
@given(st.binary(min_size=32, max_size=32))
def test_the_short_form_of_a_fingerprint_is_its_first_two_words(key: bytes) -> None:
    assert short_words_of(key) == "-".join(words_of(key).split("-")[:2])
