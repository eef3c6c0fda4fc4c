import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.contents import MAX_PART
from sussurro_client.errors import ClientError
from sussurro_client.files.shape import MEBIBYTE, check_offer, length_of, parts_of, refuse_larger
from tests.client.files.play import file_of


@given(st.one_of(st.integers(0, 5 * MAX_PART), st.integers(0, 2**40 - 1)))
def test_parts_are_full_but_for_the_last_and_make_the_whole(size: int) -> None:
    parts = parts_of(size)
    if parts:
        assert 0 < length_of(size, parts - 1) <= MAX_PART
        assert (parts - 1) * MAX_PART + length_of(size, parts - 1) == size
        assert length_of(size, 0) == min(size, MAX_PART)
    else:
        assert size == 0


def test_a_file_of_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    refuse_larger(2 * MEBIBYTE, 2)
    with pytest.raises(ClientError, match="A file may have 2 MiB here"):
        refuse_larger(2 * MEBIBYTE + 1, 2)


def test_an_honest_offer_is_taken() -> None:
    check_offer(file_of(b""), 1)
    check_offer(file_of(bytes(MAX_PART)), 1)
    check_offer(file_of(bytes(MAX_PART + 1)), 1)


@pytest.mark.parametrize("change", [{"parts": 0}, {"parts": 3}, {"size": 2**39}, {"size": 0}])
def test_an_offer_that_cannot_be_is_refused(change: dict[str, int]) -> None:
    offer = file_of(bytes(MAX_PART + 1)).model_copy(update=change)
    with pytest.raises(ClientError):
        check_offer(offer, 1)
