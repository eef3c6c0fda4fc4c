import pytest
from cryptography.fernet import Fernet

from sussurro_wire import limits
from sussurro_wire.chunk import TOKEN_START, check_chunk
from sussurro_wire.room import encode_bytes


def test_the_token_of_the_longest_text_fits_into_a_line_with_room_for_its_envelope() -> None:
    text = b"\xf4" * limits.MAX_TEXT
    token = Fernet(Fernet.generate_key()).encrypt(text + bytes(2048))
    assert len(token) <= limits.MAX_LINE
    assert check_chunk(token + b"\n").count == 1


@pytest.mark.parametrize("edge", [0, 16, 512, 704, 1024, 2048, 65536])
@pytest.mark.parametrize("near", [-1, 0, 1])
def test_the_token_of_a_text_of_any_length_is_a_chunk(edge: int, near: int) -> None:
    """No size at which a token is cut, truncated or taken for something else."""
    token = Fernet(Fernet.generate_key()).encrypt(b"x" * max(0, edge + near))
    assert token.startswith(TOKEN_START)
    assert check_chunk(token + b"\n").tokens() == [token]


def test_every_verb_fits_into_its_limit_and_that_into_a_line() -> None:
    longest = len("JOIN ") + 43 + len(" ") + 86 + len(" ") + limits.MAX_CARD
    longest += len(f" FROM {limits.MAX_NUMBER}")
    assert longest <= limits.MAX_VERB_LINE <= limits.MAX_LINE


def test_a_nonce_is_as_long_as_a_key() -> None:
    assert len(encode_bytes(bytes(limits.NONCE_BYTES))) == 43
